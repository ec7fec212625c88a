import { assignmentIn } from './assignment.js';

const formats: readonly (readonly [start: string, name: string])[] = [
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['GIF8', 'a picture'],
  ['%PDF', 'a PDF'],
  ['BZh', 'packed with bzip2; unpack it, or pack it as .gz or .zip'],
  ['\xfd7zXZ\x00', 'packed with xz; unpack it, or pack it as .gz or .zip'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd; unpack it, or pack it as .gz or .zip'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive; unpack it, or pack it as .zip'],
  ['Rar!', 'a RAR archive; unpack it, or pack it as .zip'],
  ['SQLite format 3', 'a database'],
  ['PAR1', 'a Parquet file'],
  ['PK\x03\x04', 'an archive inside another; unpack it first'],
];
const SHOWN = 40;

/** The words that follow a file's name where its decoded beginning already shows that it is no JSON; else null. */
export function whyNoPosts(head: Buffer): string | null {
  const start = head.toString('latin1');
  const format = formats.find(([magic]) => start.startsWith(magic));
  if (format) return `holds no posts: it is ${format[1]}.`;
  if (start.slice(257, 262) === 'ustar')
    return 'holds no posts: it is a tar archive; unpack it, or pack it as .zip.';
  const text = start.trimStart();
  if (text === '') return 'is empty.';
  const begins = text.split('\n').some((line) => /^[\s,;\0-\x20]*[{[]/u.test(line));
  if (begins || assignmentIn(text)) return null;
  const shown = Array.from(
    head
      .toString('utf8')
      .trimStart()
      .slice(0, SHOWN * 2)
      .replace(/[\p{C}\s]+/gu, ' '),
  );
  return `holds no posts: it is no JSON, it begins with “${shown.slice(0, SHOWN).join('').trimEnd()}”.`;
}
