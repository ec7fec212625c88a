import { searchWords } from '#libs/events';

const RUN = /[\p{L}\p{N}\p{M}_]+/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** One character: the index has pairs. */
const SINGLE = /^.$/u;

const folded = (text: string) => text.normalize('NFKC').toLowerCase();

/** What a person searches for. */
export interface Search {
  /** Words that the index knows; all must be there. */
  readonly words: readonly string[];
  /** What no index knows (one character of a script without spaces, an emoji): it is looked for in the text itself. */
  readonly scanned: readonly string[];
  readonly matches: (text: string) => boolean;
}

/** Words must occur as words, in any case; runs of a script without spaces anywhere in the text. */
export function searchOf(q: string): Search {
  const runs = folded(q).match(RUN) ?? [];
  const spaced = runs.filter((run) => !UNSPACED.test(run));
  const unspaced = runs.filter((run) => UNSPACED.test(run));
  const signs =
    runs.length === 0
      ? folded(q)
          .split(/\s+/u)
          .filter((sign) => sign !== '')
      : [];
  const contained = [...unspaced, ...signs];
  return {
    words: [...spaced, ...unspaced.filter((run) => !SINGLE.test(run)).flatMap((run) => searchWords(run))],
    scanned: [...unspaced.filter((run) => SINGLE.test(run)), ...signs],
    matches: (text) => {
      const words = new Set(searchWords(text));
      const whole = folded(text);
      return spaced.every((word) => words.has(word)) && contained.every((part) => whole.includes(part));
    },
  };
}
