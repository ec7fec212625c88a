import { type Account, Accounts, castSize } from './accounts.js';
import { type Body, BodyBuilder, type Draft, type MediaItem } from './draft.js';
import { type Place, places, round } from './places.js';
import { at, longTailRank, Random, Weighted, zipf } from './random.js';
import { Snowflakes } from './snowflake.js';
import {
  clients,
  type Piece,
  rareTag,
  rareTags,
  site,
  siteCount,
  stormTags,
  type Tongue,
  tongues,
  tongueWeights,
} from './words.js';

const kinds = ['original', 'repost', 'reply', 'quote'] as const;
type Kind = (typeof kinds)[number];

const kindWeights = new Weighted([52, 33, 9, 6]);
const placeWeights = new Weighted(places.map(({ weight }) => weight));
const castRanks = zipf(castSize);
const stormTagRanks = zipf(stormTags.length);
const siteRanks = zipf(siteCount);
const articleRanks = zipf(60);
const VIRAL = 60;
const RECENT = 400;
const viralRanks = zipf(VIRAL);

interface Choice {
  readonly at: number;
  readonly account: Account;
  readonly tongue: Tongue;
  readonly other: Draft | null;
}

/** Everybody who writes about the storm, and what they have seen of each other. One per run. */
export class Crowd {
  readonly #random: Random;
  readonly #ids = new Snowflakes();
  readonly #accounts: Accounts;
  readonly #viral: Draft[] = [];
  readonly #recent: Draft[] = [];
  #written = 0;

  /** @param population how many different people may write. */
  constructor(seed: number, population: number) {
    this.#random = new Random(seed, 1);
    this.#accounts = new Accounts(seed, population);
  }

  /** The next post. Instants (epoch ms) must not descend: ids ascend with them. */
  write(time: number): Draft {
    const kind = this.#kind();
    const account = this.#author();
    const other = kind === 'original' ? null : this.#seen(kind);
    const tongue = at(tongues, this.#random.chance(0.85) ? account.tongue : tongueWeights.draw(this.#random));
    const draft = this.#draft(kind, { at: time, account, tongue, other });
    if (kind !== 'repost') this.#remember(draft);
    this.#written += 1;
    return draft;
  }

  #kind(): Kind {
    const kind = at(kinds, kindWeights.draw(this.#random));
    return this.#recent.length === 0 ? 'original' : kind;
  }

  #author(): Account {
    const official = this.#random.chance(0.03);
    const rank = official ? castRanks.draw(this.#random) : longTailRank(this.#random, this.#accounts.size);
    return this.#accounts.get(rank);
  }

  #draft(kind: Kind, choice: Choice): Draft {
    const random = this.#random;
    const repost = kind === 'repost' ? choice.other : null;
    const place = !repost && random.chance(0.05) ? at(places, placeWeights.draw(random)) : null;
    return {
      id: this.#ids.next(choice.at, random),
      at: choice.at,
      account: choice.account,
      body: repost ? repost.body : this.#body(kind, choice),
      language: repost ? repost.language : choice.tongue.code,
      client: random.chance(0.9) ? choice.account.client : random.int(clients.length),
      place,
      point: place && random.chance(0.42) ? this.#point(place) : null,
      repostOf: repost,
      quoteOf: kind === 'quote' ? choice.other : null,
      replyTo: kind === 'reply' ? choice.other : null,
      compatible: random.chance(0.6),
      key: random.key(10),
      reposts: 0,
      quotes: 0,
      replies: 0,
      likes: 0,
    };
  }

  /** Something written before that deserves an answer, mostly what is on everybody's screen. */
  #seen(kind: Kind): Draft | null {
    const random = this.#random;
    const popular = this.#viral.length > 0 && random.chance(0.65);
    const rank = popular ? viralRanks.draw(random) % this.#viral.length : random.int(this.#recent.length);
    const seen = at(popular ? this.#viral : this.#recent, rank);
    seen.likes += random.int(popular ? 40 : 3);
    if (kind === 'repost') seen.reposts += 1 + random.int(popular ? 9 : 2);
    if (kind === 'reply') seen.replies += 1;
    if (kind === 'quote') seen.quotes += 1;
    return seen;
  }

  #remember(draft: Draft): void {
    const slot = this.#written % RECENT;
    this.#recent[Math.min(slot, this.#recent.length)] = draft;
    // What those say whom everybody knows is passed on; that anybody else is heard is rare.
    const heard = draft.account.rank < castSize ? 1 / 3 : 1 / 600;
    if (!this.#random.chance(heard)) return;
    const rank = this.#viral.length < VIRAL ? this.#viral.length : this.#random.int(VIRAL);
    this.#viral[rank] = draft;
  }

  #body(kind: Kind, { account, tongue, other }: Choice): Body {
    const random = this.#random;
    const body = new BodyBuilder();
    if (kind === 'reply' && other) body.mention(other.account).space();
    this.#sentences(body, tongue);
    if (random.chance(0.62)) this.#tags(body, tongue);
    if (random.chance(account.rank < castSize ? 0.7 : 0.2)) this.#link(body);
    if (kind === 'quote' && other) {
      body.space().link(random.key(10), `https://sim.example/${other.account.screenName}/status/${other.id}`);
    }
    if (random.chance(0.2)) body.space().gallery(random.key(10), this.#media());
    return body.build();
  }

  #sentences(body: BodyBuilder, tongue: Tongue): void {
    const random = this.#random;
    const { length } = tongue.sentences;
    const sentences = random.chance(0.45) ? 1 : Math.min(length, 1 + random.int(4));
    const first = random.int(length);
    for (let i = 0; i < sentences; i += 1) {
      if (i > 0) body.add(tongue.gap);
      const next = (first + i) % length;
      for (const piece of at(tongue.sentences, next)) this.#piece(body, piece, tongue);
    }
  }

  #piece(body: BodyBuilder, piece: Piece, tongue: Tongue): void {
    if ('literal' in piece) {
      body.add(piece.literal);
      return;
    }
    const random = this.#random;
    switch (piece.slot) {
      case 'city':
        body.addText(at(places, placeWeights.draw(random)).name);
        return;
      case 'n':
        body.addText(String(20 + random.int(170)));
        return;
      case 'who':
        body.mention(this.#mentioned());
        return;
      case 'tag':
        body.tag(random.pick(tongue.tags));
    }
  }

  #mentioned(): Account {
    const random = this.#random;
    const rank = random.chance(0.7)
      ? castRanks.draw(random)
      : longTailRank(random, Math.min(6_000, this.#accounts.size));
    return this.#accounts.get(rank);
  }

  #tags(body: BodyBuilder, tongue: Tongue): void {
    const random = this.#random;
    if (random.chance(0.8)) body.space().tag(at(stormTags, stormTagRanks.draw(random)));
    const more = random.int(3);
    for (let i = 0; i < more; i += 1) {
      const own = Math.min(random.int(tongue.tags.length), random.int(tongue.tags.length));
      const rare = random.chance(0.22);
      body.space().tag(rare ? rareTag(longTailRank(random, rareTags)) : at(tongue.tags, own));
    }
  }

  #link(body: BodyBuilder): void {
    const random = this.#random;
    const rank = siteRanks.draw(random);
    const article = articleRanks.draw(random);
    const scheme = random.chance(0.04) ? 'http' : 'https';
    const query = random.chance(0.1) ? `?utm_source=sim&id=${random.int(90)}` : '';
    body.space().link(random.key(10), `${scheme}://${site(rank)}/2026/sturm/${article + 1}${query}`);
  }

  #media(): MediaItem[] {
    const random = this.#random;
    const type = random.chance(0.8) ? 'photo' : random.chance(0.7) ? 'video' : 'animated_gif';
    const count = type === 'photo' && random.chance(0.3) ? 2 + random.int(3) : 1;
    return Array.from({ length: count }, () => ({
      id: String(1_500_000_000_000_000_000n + BigInt(Math.floor(random.next() * 2 ** 48)) * 1_000n),
      key: random.key(15),
      type,
      width: random.pick([1200, 1080, 2048, 640]),
      height: random.pick([675, 1350, 1536, 480]),
      seconds: 4 + random.int(90),
    }));
  }

  #point(place: Place): readonly [number, number] {
    const { west, east, south, north } = place;
    return [
      round(west + (east - west) * this.#random.next()),
      round(south + (north - south) * this.#random.next()),
    ];
  }
}
