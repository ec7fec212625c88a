import type { ComponentChildren } from 'preact';
import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { PostDetail } from '#libs/api';

import { type Filter, pages, rest } from '../data/links.js';
import { useResource } from '../data/resource.js';
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

const linked = (
  id: string,
  items: readonly string[],
  filterOf: (item: string) => Filter,
  show: (item: string) => string,
) =>
  items.map((item, i) => (
    <span key={`${item} ${i}`}>
      {i > 0 && ', '}
      <a class="link" href={pages.posts(id, filterOf(item))}>
        <bdi>{show(item)}</bdi>
      </a>
    </span>
  ));

function factsOf(id: string, post: PostDetail): Fact[] {
  const { author, geo } = post;
  const facts: (Fact | false)[] = [
    ['Id', <span class="mono">{post.id}</span>],
    author !== null && [
      'Author',
      linked(
        id,
        [author.id ?? `@${author.screenName}`],
        (v) => ({ author: v }),
        () => `all posts of @${author.screenName}`,
      ),
    ],
    author !== null && author.followers !== null && ['Followers then', count(author.followers)],
    ['Language', linked(id, [post.lang], (v) => ({ language: v }), languageName)],
    post.source !== '' && [
      'Written with',
      linked(
        id,
        [post.source],
        (v) => ({ source: v }),
        (v) => v,
      ),
    ],
    post.hashtags.length > 0 && [
      'Hashtags',
      linked(
        id,
        post.hashtags,
        (v) => ({ hashtag: v.toLowerCase() }),
        (v) => `#${v}`,
      ),
    ],
    post.mentions.length > 0 && [
      'Mentions',
      linked(
        id,
        post.mentions,
        (v) => ({ mention: v.toLowerCase() }),
        (v) => `@${v}`,
      ),
    ],
    post.urls.length > 0 && [
      'Links',
      linked(
        id,
        post.urls,
        (v) => ({ url: v }),
        (v) => v,
      ),
    ],
    post.media.length > 0 && [
      'Photos and videos',
      linked(
        id,
        post.media.map(({ url }) => url),
        (v) => ({ media: v }),
        (v) => v,
      ),
    ],
    geo !== null && [
      'Place',
      `${geo.lat.toFixed(4)}, ${geo.lon.toFixed(4)}, ${geo.exact ? 'an exact point' : 'the centre of a place'}`,
    ],
    post.repostOf !== null && [
      'Repost of',
      linked(
        id,
        [post.repostOf],
        (v) => ({ repostsOf: v }),
        (v) => v,
      ),
    ],
    post.quoteOf !== null && ['Quotes', <span class="mono">{post.quoteOf}</span>],
    post.replyTo !== null && ['Answers', <span class="mono">{post.replyTo}</span>],
    post.duplicates > 0 && ['Further copies', `${count(post.duplicates)}, set aside`],
    [
      'In the log',
      <span class="mono">{`partition ${post.rawPlace.partition}, offset ${post.rawPlace.offset}`}</span>,
    ],
  ];
  return facts.filter((fact) => fact !== false);
}

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
        {exact ? post.rawText : JSON.stringify(post.raw, null, 2)}
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
          <p class="post-by">
            <span class="platform">{platformName(post.platform)}</span>
            {post.author && <bdi class="handle">@{post.author.screenName}</bdi>}
            <span>{at ? <time dateTime={at.toISOString()}>{momentSeconds(at)} UTC</time> : 'no time'}</span>
            {post.link !== null && (
              <a class="link when" href={post.link} target="_blank" rel="noreferrer noopener">
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
