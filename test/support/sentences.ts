import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Stands for what a sentence takes from elsewhere. */
export const GAP = "\u0000";

/** All texts in the sources below some folders, with a gap for each expression in them. */
export function textsIn(folders: readonly string[]): Set<string> {
  const texts = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith(".ts")) addTexts(join(entry.parentPath, entry.name), texts);
    }
  }
  return texts;
}

function addTexts(file: string, texts: Set<string>): void {
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.add([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(GAP));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
}
