import { flood } from "k6/x/packetwalk";

export default function flooding() {
  flood({});
}
