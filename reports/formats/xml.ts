/** XML by parts: whatever is put in is text, and what XML 1.0 does not allow is dropped. */
import { printable } from "../../runner/printable.ts";

export interface XmlElement {
  readonly xml: string;
}

/** Of one line; what is undefined is left out. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** @param children text may have several lines */
export function element(
  name: string,
  attributes: XmlAttributes,
  children: ReadonlyArray<XmlElement | string> = [],
): XmlElement {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(printable(String(value)))}"`],
  );
  const inner = children.map((child) => (typeof child === "string" ? text(child) : child.xml)).join("");
  return {
    xml: inner === "" ? `<${name}${given.join("")}/>\n` : `<${name}${given.join("")}>${line(inner)}</${name}>\n`,
  };
}

export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;
}

/** Elements begin on a line of their own, text does not. */
function line(inner: string): string {
  return inner.startsWith("<") ? `\n${inner}` : inner;
}

function text(content: string): string {
  return escaped(content.split("\n").map(printable).join("\n"));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Halves of a surrogate pair and U+FFFE and U+FFFF can be in a string, and in no XML. */
function escaped(content: string): string {
  return content.replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
