const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/**
 * JSON laid out for reading, token by token as it came: never parsed, because ids of posts are larger than the numbers
 * that JavaScript holds exactly.
 */
export function layOut(json: string): string {
  const tokens = json.match(token) ?? [];
  const out: string[] = [];
  let depth = 0;
  const line = (): number => out.push(`\n${'  '.repeat(depth)}`);
  tokens.forEach((part, i) => {
    if (part === '{' || part === '[') {
      out.push(part);
      depth += 1;
      if (tokens[i + 1] !== closing[part]) line();
    } else if (part === '}' || part === ']') {
      depth = Math.max(0, depth - 1);
      if (tokens[i - 1] !== '{' && tokens[i - 1] !== '[') line();
      out.push(part);
    } else {
      out.push(part === ':' ? ': ' : part);
      if (part === ',') line();
    }
  });
  return out.join('');
}
