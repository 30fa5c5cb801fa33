const { answer } = require(`http://${__ENV.OTHERS}/module.js`);

export default function nothing() {
  return answer;
}
