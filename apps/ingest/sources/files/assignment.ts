/** `window.YTD.tweets.part0 =`, `Grailbird.data.tweets_2010_12 =`, `var tweet_index =` */
const ASSIGNMENT =
  /^(?:window\.|var\s+|(?=Grailbird\.|YTD\.))([A-Za-z_$][\w$]*(?:\.[\w$]+)*)\s*=\s*(?=[{[])/u;
/** Bytes that an assignment may take. */
export const ASSIGNMENT_BYTES = 300;
const POSTS = /^(?:YTD\.(?:tweets?|community_tweets?)\.part\d+|Grailbird\.data\.tweets_\w+)$/u;

export interface Assignment {
  readonly name: string;
  readonly length: number;
  /** What is assigned are posts of a personal archive, as opposed to one of its other parts. */
  readonly posts: boolean;
}

/** The assignment that the text begins with: personal archives are scripts with one value each. */
export function assignmentIn(text: string): Assignment | null {
  const [whole, name] = ASSIGNMENT.exec(text) ?? [];
  if (whole === undefined || name === undefined) return null;
  return { name, length: whole.length, posts: POSTS.test(name) };
}
