import { Fragment } from 'preact';

import type { PostRow } from '#libs/api';

import { pages } from '../data/links.js';
import { count } from '../format/numbers.js';
import { momentSeconds, when } from '../format/time.js';
import { direction, listed, platformName } from '../format/words.js';

const token = /([#＃][\p{L}\p{N}\p{M}_\u200c]+|[@＠][\w.]+)/gu;

interface TextProps {
  readonly collection: string;
  readonly text: string;
  readonly lang: string;
  readonly class?: string;
}

/** The words of a post: never markup, in their own language and direction, tags and names leading to their posts. */
export function PostText({ collection, text, lang, class: extra = '' }: TextProps) {
  const known = lang !== '' && lang !== 'und' && !lang.startsWith('q');
  return (
    <p class={`post-text ${extra}`} dir={direction(text)} {...(known ? { lang } : {})}>
      {text.split(token).map((part, i) => {
        if (i % 2 === 0) return <Fragment key={i}>{part}</Fragment>;
        const name = part.slice(1);
        const tag = /^[#＃]/u.test(part);
        const filter = tag ? { hashtag: name.toLowerCase() } : { mention: name.toLowerCase() };
        return (
          <a key={i} href={pages.posts(collection, filter)}>
            <bdi>{part}</bdi>
          </a>
        );
      })}
    </p>
  );
}

const mediaWords: Readonly<Record<string, string>> = {
  photo: 'photo',
  video: 'video',
  animated_gif: 'GIF',
  gif: 'GIF',
};

/** `2 photos and 1 video`. */
export function mediaPhrase(media: readonly { type: string }[]): string {
  const kinds = new Map<string, number>();
  for (const { type } of media) {
    const word = mediaWords[type] ?? type;
    kinds.set(word, (kinds.get(word) ?? 0) + 1);
  }
  return listed([...kinds].map(([word, n]) => `${n} ${word}${n === 1 ? '' : 's'}`));
}

export function postFacts(post: PostRow): string[] {
  const facts: string[] = [];
  if (post.repostOf !== null) facts.push('repost');
  if (post.quoteOf !== null) facts.push('quote');
  if (post.replyTo !== null) facts.push('reply');
  if (post.media.length > 0) facts.push(mediaPhrase(post.media));
  if (post.geo) facts.push(post.geo.exact ? 'an exact point' : 'the centre of a place');
  if (post.duplicates > 0)
    facts.push(`${count(post.duplicates)} more ${post.duplicates === 1 ? 'copy' : 'copies'} set aside`);
  return facts;
}

/** One post in a list; the whole row leads to its own page. */
export function PostItem({ collection, post }: { collection: string; post: PostRow }) {
  const facts = postFacts(post);
  const at = post.createdAt === null ? null : new Date(post.createdAt);
  return (
    <li class="post">
      <p class="post-by">
        <span class="platform">{platformName(post.platform)}</span>
        {post.author?.name && (
          <b>
            <bdi>{post.author.name}</bdi>
          </b>
        )}
        <span class="handle">{post.author ? <bdi>@{post.author.screenName}</bdi> : 'author not told'}</span>
        <a class="when row-link" href={pages.post(collection, post.ref)}>
          {at ? (
            <time dateTime={at.toISOString()} title={`${momentSeconds(at)} UTC`}>
              {when(at, new Date())}
            </time>
          ) : (
            'no time'
          )}
        </a>
      </p>
      <PostText collection={collection} text={post.text} lang={post.lang} />
      {facts.length > 0 && (
        <p class="post-meta">
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </p>
      )}
    </li>
  );
}
