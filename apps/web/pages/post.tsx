import type { ComponentChildren } from 'preact';
import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { PostDetail } from '#libs/api';

import { type Filter, pages, rest } from '../data/links.js';
import { useResource } from '../data/resource.js';
import { layOut } from '../format/json-layout.js';
import { bytes, count } from '../format/numbers.js';
import { momentSeconds } from '../format/time.js';
import { languageName, platformName } from '../format/words.js';
import { Figure } from '../parts/figure.js';
import { PostText } from '../parts/post.js';
import { ProblemNotice } from '../parts/state.js';
import { Crumbs } from './crumbs.js';
import { Missing } from './not-found.js';
import { useTitle } from './title.js';
import { useCollection } from './use-collection.js';

type Fact = readonly [name: string, value: ComponentChildren];

interface LinkedProps {
  readonly id: string;
  readonly items: readonly string[];
  readonly filterOf: (item: string) => Filter;
  readonly show?: (item: string) => string;
}

const Linked = ({ id, items, filterOf, show = (item) => item }: LinkedProps) => (
  <>
    {items.map((item, i) => (
      <span key={`${item} ${i}`}>
        {i > 0 && ', '}
        <a class="link" href={pages.posts(id, filterOf(item))}>
          <bdi>{show(item)}</bdi>
        </a>
      </span>
    ))}
  </>
);

function aboutAuthor(id: string, { author, lang, source }: PostDetail): Fact[] {
  const facts: Fact[] = [];
  if (author) {
    const key = author.id ?? `@${author.screenName}`;
    const show = (): string => `all posts of @${author.screenName}`;
    facts.push(['Author', <Linked id={id} items={[key]} filterOf={(v) => ({ author: v })} show={show} />]);
    if (author.followers !== null) facts.push(['Followers then', count(author.followers)]);
  }
  if (lang)
    facts.push([
      'Language',
      <Linked id={id} items={[lang]} filterOf={(v) => ({ language: v })} show={languageName} />,
    ]);
  if (source)
    facts.push(['Written with', <Linked id={id} items={[source]} filterOf={(v) => ({ source: v })} />]);
  return facts;
}

function aboutContent(id: string, post: PostDetail): Fact[] {
  const media = post.media.map(({ url }) => url);
  const lists: readonly (readonly [string, LinkedProps])[] = [
    [
      'Hashtags',
      { id, items: post.hashtags, filterOf: (v) => ({ hashtag: v.toLowerCase() }), show: (v) => `#${v}` },
    ],
    [
      'Mentions',
      { id, items: post.mentions, filterOf: (v) => ({ mention: v.toLowerCase() }), show: (v) => `@${v}` },
    ],
    ['Links', { id, items: post.urls, filterOf: (v) => ({ url: v }) }],
    ['Photos and videos', { id, items: media, filterOf: (v) => ({ media: v }) }],
  ];
  return lists
    .filter(([, { items }]) => items.length > 0)
    .map(([name, props]) => [name, <Linked {...props} />]);
}

function aboutPlace({ geo }: PostDetail): Fact[] {
  if (!geo) return [];
  const what = geo.exact ? 'an exact point' : 'the centre of a place';
  return [['Place', `${geo.lat.toFixed(4)}, ${geo.lon.toFixed(4)}, ${what}`]];
}

function aboutOthers(id: string, { repostOf, quoteOf, replyTo, duplicates }: PostDetail): Fact[] {
  const facts: Fact[] = [];
  if (repostOf)
    facts.push(['Repost of', <Linked id={id} items={[repostOf]} filterOf={(v) => ({ repostsOf: v })} />]);
  if (quoteOf) facts.push(['Quotes', <span class="mono">{quoteOf}</span>]);
  if (replyTo) facts.push(['Answers', <span class="mono">{replyTo}</span>]);
  if (duplicates > 0) facts.push(['Further copies', `${count(duplicates)}, set aside`]);
  return facts;
}

const factsOf = (id: string, post: PostDetail): Fact[] => [
  ['Id', <span class="mono">{post.id}</span>],
  ...aboutAuthor(id, post),
  ...aboutContent(id, post),
  ...aboutPlace(post),
  ...aboutOthers(id, post),
  [
    'In the log',
    <span class="mono">{`partition ${post.rawPlace.partition}, offset ${post.rawPlace.offset}`}</span>,
  ],
];

/** What the platform sent: laid out for reading, or byte for byte. */
function Raw({ post }: { post: PostDetail }) {
  const isJson = post.raw !== null && typeof post.raw === 'object';
  const [exact, setExact] = useState(!isJson);
  return (
    <Figure
      title="What the platform sent"
      sub={`${bytes(new TextEncoder().encode(post.rawText).length)}, kept as it came`}
      end={
        isJson && (
          <div class="segments" role="group" aria-label="How the raw record is shown">
            <button type="button" aria-pressed={!exact} onClick={() => setExact(false)}>
              Laid out
            </button>
            <button type="button" aria-pressed={exact} onClick={() => setExact(true)}>
              Byte for byte
            </button>
          </div>
        )
      }
    >
      <pre class="raw" tabIndex={0} dir="ltr" aria-label="Raw record">
        {exact ? post.rawText : layOut(post.rawText)}
      </pre>
    </Figure>
  );
}

function Shown({ id, post }: { id: string; post: PostDetail }) {
  const at = post.createdAt === null ? null : new Date(post.createdAt);
  return (
    <>
      <div class="head below-crumbs grid">
        <div class="c8">
          <h1 tabIndex={-1}>
            <bdi>
              {post.author ? (post.author.name ?? `@${post.author.screenName}`) : 'A post without an author'}
            </bdi>
          </h1>
          <p class="post-by post-head">
            <span class="platform">{platformName(post.platform)}</span>
            {post.author && <bdi class="handle">@{post.author.screenName}</bdi>}
            <span>{at ? <time dateTime={at.toISOString()}>{momentSeconds(at)} UTC</time> : 'no time'}</span>
            {post.link !== null && (
              <a class="link" href={post.link} target="_blank" rel="noreferrer noopener">
                see it on {platformName(post.platform)}
              </a>
            )}
          </p>
          <PostText class="post-full" collection={id} text={post.text} lang={post.lang} />
        </div>
      </div>
      <div class="grid">
        <Figure title="How it is counted" span="c4">
          <dl class="facts">
            {factsOf(id, post).map(([name, value]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name} value`}>{value}</dd>,
            ])}
          </dl>
        </Figure>
        <div class="c8">
          <Raw post={post} />
        </div>
      </div>
    </>
  );
}

function Loaded({ id, postRef }: { id: string; postRef: string }) {
  const collection = useCollection(id);
  const { data, problem } = useResource<PostDetail>(rest.post(id, postRef));
  useTitle(data?.author ? `@${data.author.screenName}` : 'Post');
  if (problem && !data)
    return problem.status === 404 ? <Missing problem={problem} /> : <ProblemNotice problem={problem} />;
  return (
    <>
      <Crumbs
        trail={[
          { href: pages.collections, name: 'Collections' },
          { href: pages.collection(id), name: collection.data?.name ?? '–' },
          { href: pages.posts(id), name: 'Posts' },
        ]}
        here={<span class="mono">{data?.id ?? '–'}</span>}
      />
      {data && <Shown id={id} post={data} />}
    </>
  );
}

export function PostPage() {
  const { id = '', post = '' } = useRoute().params;
  return <Loaded key={`${id} ${post}`} id={id} postRef={post} />;
}
