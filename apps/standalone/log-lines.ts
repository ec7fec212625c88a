/** What a process said last that is of consequence: an error of its log, else the head of a stack, else its last line. */
export function lastMessage(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  const backwards = lines.toReversed().map(messageOf);
  const grave = backwards.find(({ level }) => level >= 50) ?? backwards.find(({ text }) => thrown.test(text));
  return grave?.text ?? backwards[0]?.text ?? '';
}

const thrown = /^\w*Error\b.*: /u;

/** Level and message of a JSON log line; any other line is its own message, of level 0. */
export function messageOf(line: string): { level: number; text: string } {
  if (!line.startsWith('{')) return { level: 0, text: line };
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null) return { level: 0, text: line };
    const level = 'level' in entry && typeof entry.level === 'number' ? entry.level : 0;
    return { level, text: 'msg' in entry ? String(entry.msg) : line };
  } catch {
    return { level: 0, text: line };
  }
}

const GRAVE = 60;

/** A listener to what processes write that passes on the messages of fatal lines, however the lines are cut. */
export function fatalLines(
  tell: (name: string, text: string) => void,
): (name: string, chunk: Buffer) => void {
  const begun = new Map<string, string>();
  return (name, chunk) => {
    const lines = ((begun.get(name) ?? '') + chunk.toString()).split('\n');
    begun.set(name, lines.pop() ?? '');
    for (const line of lines) {
      const { level, text } = messageOf(line);
      if (level >= GRAVE) tell(name, text);
    }
  };
}
