/** What is measured inside a page's drawings of rollouts; it runs in the browser, so it can use nothing from outside itself. */

export interface DrawnFailure {
  /** The request's id. */
  readonly id: string;
  /** The heading of the lane that its dot lies in; "" if in none. */
  readonly lane: string;
  readonly colour: string;
}

export interface DrawnRollout {
  readonly arm: string;
  /** Index of the rollout in its block; "outside" of any. */
  readonly rollout: string;
  readonly lanes: readonly string[];
  readonly failures: readonly DrawnFailure[];
  /** Of each lane with a window: how its shaded width relates to the time axis's. */
  readonly windows: readonly { readonly lane: string; readonly widthPx: number }[];
  readonly pxPerMs: number;
}

export function drawnRollouts(): DrawnRollout[] {
  const titleOf = (shape: Element) => shape.querySelector("title")?.textContent ?? "";
  return [...document.querySelectorAll("figure.rollout")].map((figure) => {
    const svg = [...figure.querySelectorAll("svg.plot")].find((each) => each.getClientRects().length > 0);
    const all = (selector: string) => [...(svg?.querySelectorAll(selector) ?? [])];
    const lanes = all("g.lane > *").map((shape) => ({ heading: titleOf(shape), box: shape.getBoundingClientRect() }));
    const laneAt = (x: number, y: number) =>
      lanes.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)?.heading ?? "";
    const laneOf = (shape: Element) => {
      const box = shape.getBoundingClientRect();
      return laneAt(box.left + box.width / 2, box.top + box.height / 2);
    };
    const ticks = all('g[data-mark="x-axis tick label"] text').map((label) => {
      const box = label.getBoundingClientRect();
      return { x: box.left + box.width / 2, value: Number(label.textContent) };
    });
    const [first, last] = [ticks[0], ticks.at(-1)];
    const unitMs = (figure.textContent ?? "").includes("seconds since") ? 1000 : 1;
    return {
      arm: figure.getAttribute("data-arm") ?? "",
      rollout: figure.getAttribute("data-rollout") ?? "",
      lanes: lanes.map(({ heading }) => heading),
      failures: all("g.failed-request > *").map((dot) => ({
        id: titleOf(dot).split(",")[0] ?? "",
        lane: laneOf(dot),
        colour: getComputedStyle(dot).fill,
      })),
      windows: all("g.window > *").map((shade) => ({
        lane: laneOf(shade),
        widthPx: shade.getBoundingClientRect().width,
      })),
      pxPerMs: first && last && last.value > first.value ? (last.x - first.x) / (last.value - first.value) / unitMs : 0,
    };
  });
}
