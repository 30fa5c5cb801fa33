/** What is measured inside a page; each function runs in the browser, so it can use nothing from outside itself. */

/** Elements that stick out of the page to the right, though not inside a box that scrolls by itself. */
export function overflowing(): string[] {
  const scrolls = (element: Element) => element.closest(".scroll, .hidden, svg") !== null;
  const wide = [...document.querySelectorAll("body *")].filter(
    (element) => !scrolls(element) && element.getBoundingClientRect().right > window.innerWidth + 0.5,
  );
  const page = document.documentElement.scrollWidth > window.innerWidth ? ["the page scrolls sideways"] : [];
  return [...page, ...wide.map((element) => `${element.tagName.toLowerCase()}.${element.className}`)];
}

/** WCAG 2.2, AA, for text of any size. */
export const LEAST_CONTRAST = 4.5;

export interface Contrast {
  readonly text: string;
  readonly ratio: number;
}

/** WCAG contrast of every visible text with what is behind it, lowest first. */
export function contrasts(): Contrast[] {
  type Rgba = [number, number, number, number];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new Error("no canvas");
  // Reading a canvas takes long, and a page has few colours.
  const known = new Map<string, Rgba>();
  const rgba = (colour: string): Rgba => {
    const found = known.get(colour) ?? read(colour);
    known.set(colour, found);
    return found;
  };
  const read = (colour: string): Rgba => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top: Rgba, below: Rgba): Rgba => {
    const mix = (i: 0 | 1 | 2) => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const behind = (element: Element | null): Rgba => {
    if (!element) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const luminance = ([r, g, b]: Rgba) => {
    const [x = 0, y = 0, z = 0] = [r, g, b].map((channel) => {
      const c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const seen: Contrast[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (!element || text === "" || element.closest("title, desc, script, style")) continue;
    if (element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const below = behind(element);
    const top = over(rgba(element.closest("svg") ? style.fill : style.color), below);
    const [light, dark] = [luminance(top), luminance(below)].sort((a, b) => b - a) as [number, number];
    seen.push({ text: text.slice(0, 60), ratio: (light + 0.05) / (dark + 0.05) });
  }
  return seen.sort((a, b) => a.ratio - b.ratio);
}

export interface ChartFacts {
  readonly id: string;
  readonly variants: { readonly visible: boolean; readonly name: string; readonly description: string }[];
  /** How many shapes of each class the visible variant holds. */
  readonly marks: Record<string, number>;
}

export function charts(): ChartFacts[] {
  const textOf = (svg: Element, attribute: string) =>
    document.getElementById(svg.getAttribute(attribute) ?? "")?.textContent ?? "";
  return [...document.querySelectorAll(".chart")].map((chart) => {
    const svgs = [...chart.querySelectorAll("svg")];
    const visible = svgs.find((svg) => svg.getClientRects().length > 0);
    const marks: Record<string, number> = {};
    for (const group of visible?.querySelectorAll("g[class]") ?? []) {
      const name = group.getAttribute("class") ?? "";
      marks[name] = (marks[name] ?? 0) + group.querySelectorAll("path, rect, circle, line, text").length;
    }
    return {
      id: chart.getAttribute("data-chart") ?? "",
      variants: svgs.map((svg) => ({
        visible: svg === visible,
        name: textOf(svg, "aria-labelledby"),
        description: textOf(svg, "aria-describedby"),
      })),
      marks,
    };
  });
}

export interface HopCell {
  readonly hop: string;
  readonly arm: string;
  /** As the reader sees it. */
  readonly shown: string;
}

export function hopCells(): HopCell[] {
  return [...document.querySelectorAll("tr[data-hop] td[data-arm]")].map((cell) => ({
    hop: cell.closest("tr")?.getAttribute("data-hop") ?? "",
    arm: cell.getAttribute("data-arm") ?? "",
    shown: cell.querySelector("b")?.textContent ?? "",
  }));
}
