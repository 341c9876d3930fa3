/** The text in at most `width` characters; "..." says that something was cut. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** Lines of at most `width` characters, broken between words where that is possible; one when null. */
export function wrapped(text: string, width: number | null, indent = ""): readonly string[] {
  if (width === null) return [`${indent}${text}`];
  const room = width - indent.length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => pieces(each, room))) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => `${indent}${each}`);
}

function pieces(word: string, room: number): readonly string[] {
  const count = Math.max(1, Math.ceil(word.length / room));
  return Array.from({ length: count }, (_, i) => word.slice(i * room, (i + 1) * room));
}
