/** A mistake that only shows when the script runs. */
import { flood } from "k6/x/packetwalk";

export default function main(): void {
  const options = JSON.parse('{ "target": "http://127.0.0.1:1/", "rate": 3 }');
  flood(options);
}
