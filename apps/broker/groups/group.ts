import { type Clock } from '../clock.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type DescribedGroup } from '../protocol/group-admin.js';
import {
  type JoinGroupRequest,
  type JoinGroupResponse,
  type MemberProtocol,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../protocol/membership.js';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

export interface Client {
  readonly clientId: string;
  readonly host: string;
}

interface Member extends Client {
  readonly id: string;
  sessionTimeout: number;
  rebalanceTimeout: number;
  protocols: readonly MemberProtocol[];
  assignment: Buffer;
  heardAt: number;
  stopWatch: () => void;
  /** Set while an answer to its join or sync is awaited. */
  joining?: ((answer: JoinGroupResponse) => void) | undefined;
  syncing?: ((answer: SyncGroupResponse) => void) | undefined;
}

const NOTHING = Buffer.alloc(0);

export function refuseJoin(error: ErrorCode, memberId: string): JoinGroupResponse {
  return { error, generation: -1, protocol: '', leader: '', memberId, members: [] };
}

/**
 * The members of one consumer group and their way through a rebalance (the classic protocol): whoever comes or goes makes
 * all join again; when all have, one of them assigns, and each gets its share by its sync. Who is not heard of within its
 * session, or does not join again in time, is out.
 */
export class Group {
  readonly #members = new Map<string, Member>();
  /** Ids that were given to clients which have not joined with them yet. */
  readonly #promised = new Map<string, () => void>();
  #state: GroupState = 'Empty';
  #generation = 0;
  #protocolType = '';
  #protocol = '';
  #leader = '';
  #stopWaiting: () => void = () => undefined;

  constructor(
    readonly id: string,
    private readonly clock: Clock,
    private readonly newId: () => string,
  ) {}

  get state(): GroupState {
    return this.#state;
  }

  get protocolType(): string {
    return this.#protocolType;
  }

  get isForgettable(): boolean {
    return this.#members.size === 0 && this.#promised.size === 0;
  }

  join(request: JoinGroupRequest, client: Client): JoinGroupResponse | Promise<JoinGroupResponse> {
    if (!this.#canAgree(request)) return refuseJoin(ErrorCode.inconsistentGroupProtocol, request.memberId);
    if (request.memberId === '' && request.idRequired) {
      return refuseJoin(ErrorCode.memberIdRequired, this.#promise(request, client));
    }
    const known = this.#members.get(request.memberId);
    if (request.memberId !== '' && !known && !this.#promised.has(request.memberId)) {
      return refuseJoin(ErrorCode.unknownMemberId, request.memberId);
    }
    if (known && this.#needsNoRebalance(known, request)) {
      this.#hear(known);
      return this.#joined(known);
    }
    const member = known ?? this.#admit(request, client);
    member.sessionTimeout = request.sessionTimeout;
    member.rebalanceTimeout = request.rebalanceTimeout;
    member.protocols = request.protocols;
    member.joining?.(refuseJoin(ErrorCode.rebalanceInProgress, member.id));
    return new Promise((resolve) => {
      member.joining = resolve;
      this.#rebalance();
    });
  }

  sync(request: SyncGroupRequest): SyncGroupResponse | Promise<SyncGroupResponse> {
    const member = this.#members.get(request.memberId);
    const error = this.#faultOf(member, request.generation);
    if (!member || error !== ErrorCode.none) return { error, assignment: NOTHING };
    this.#hear(member);
    if (this.#state === 'PreparingRebalance')
      return { error: ErrorCode.rebalanceInProgress, assignment: NOTHING };
    if (this.#state === 'Stable') return { error: ErrorCode.none, assignment: member.assignment };
    return new Promise((resolve) => {
      member.syncing?.({ error: ErrorCode.rebalanceInProgress, assignment: NOTHING });
      member.syncing = resolve;
      if (member.id === this.#leader) this.#assign(request);
    });
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const member = this.#members.get(memberId);
    const error = this.#faultOf(member, generation);
    if (!member || error !== ErrorCode.none) return error;
    this.#hear(member);
    return this.#state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  leave(memberId: string): ErrorCode {
    const promised = this.#promised.get(memberId);
    promised?.();
    if (this.#promised.delete(memberId)) return ErrorCode.none;
    const member = this.#members.get(memberId);
    if (!member) return ErrorCode.unknownMemberId;
    this.#remove(member);
    return ErrorCode.none;
  }

  /** Whether a commit may come from there. A group without members takes commits by hand (generation below 0). */
  faultOfCommit(memberId: string, generation: number): ErrorCode {
    if (generation < 0 && this.#members.size === 0) return ErrorCode.none;
    const member = this.#members.get(memberId);
    const error = this.#faultOf(member, generation);
    if (!member || error !== ErrorCode.none) return error;
    this.#hear(member);
    return this.#state === 'CompletingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  describe(): DescribedGroup {
    const stable = this.#state === 'Stable';
    const members = [...this.#members.values()].map(({ id, clientId, host, protocols, assignment }) => ({
      id,
      clientId,
      host,
      metadata: protocols.find(({ name }) => name === this.#protocol)?.metadata ?? NOTHING,
      assignment,
    }));
    return {
      error: ErrorCode.none,
      id: this.id,
      state: this.#state,
      protocolType: this.#protocolType,
      protocol: stable ? this.#protocol : '',
      members,
    };
  }

  /** Calls off all timers. */
  stop(): void {
    this.#stopWaiting();
    for (const { stopWatch } of this.#members.values()) stopWatch();
    for (const forget of this.#promised.values()) forget();
  }

  #canAgree({ protocolType, protocols, memberId }: JoinGroupRequest): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    const others = [...this.#members.values()].filter(({ id }) => id !== memberId);
    if (others.length === 0) return true;
    return protocolType === this.#protocolType && protocols.some(({ name }) => others.every(knows(name)));
  }

  /** A member that asks again after a lost answer, or a follower that has nothing new, gets the present generation. */
  #needsNoRebalance(member: Member, request: JoinGroupRequest): boolean {
    if (this.#state === 'PreparingRebalance' || this.#state === 'Empty') return false;
    if (this.#state === 'Stable' && member.id === this.#leader) return false;
    return sameProtocols(member.protocols, request.protocols);
  }

  #promise({ sessionTimeout }: JoinGroupRequest, client: Client): string {
    const id = `${client.clientId}-${this.newId()}`;
    this.#promised.set(
      id,
      this.clock.after(sessionTimeout, () => this.#promised.delete(id)),
    );
    return id;
  }

  #admit(request: JoinGroupRequest, client: Client): Member {
    const id = request.memberId === '' ? `${client.clientId}-${this.newId()}` : request.memberId;
    this.#promised.get(id)?.();
    this.#promised.delete(id);
    if (this.#members.size === 0) this.#protocolType = request.protocolType;
    const member: Member = {
      ...client,
      id,
      sessionTimeout: request.sessionTimeout,
      rebalanceTimeout: request.rebalanceTimeout,
      protocols: request.protocols,
      assignment: NOTHING,
      heardAt: this.clock.now(),
      stopWatch: () => undefined,
    };
    this.#members.set(id, member);
    this.#watch(member, member.sessionTimeout);
    return member;
  }

  #rebalance(): void {
    if (this.#state !== 'PreparingRebalance') {
      this.#state = 'PreparingRebalance';
      for (const member of this.#members.values()) {
        member.syncing?.({ error: ErrorCode.rebalanceInProgress, assignment: NOTHING });
        member.syncing = undefined;
      }
      const patience = Math.max(
        0,
        ...[...this.#members.values()].map(({ rebalanceTimeout }) => rebalanceTimeout),
      );
      this.#stopWaiting = this.clock.after(patience, () => this.#finishJoining());
    }
    if ([...this.#members.values()].every(({ joining }) => joining)) this.#finishJoining();
  }

  #finishJoining(): void {
    this.#stopWaiting();
    for (const member of this.#members.values()) if (!member.joining) this.#forget(member);
    this.#generation += 1;
    const [first] = this.#members.values();
    if (!first) {
      this.#state = 'Empty';
      this.#leader = '';
      return;
    }
    this.#state = 'CompletingRebalance';
    if (!this.#members.has(this.#leader)) this.#leader = first.id;
    this.#protocol = this.#vote(first);
    for (const member of this.#members.values()) {
      member.assignment = NOTHING;
      this.#hear(member);
      const answer = member.joining;
      member.joining = undefined;
      answer?.(this.#joined(member));
    }
  }

  /** The protocol that most members name first, of those that all of them know. */
  #vote(first: Member): string {
    const members = [...this.#members.values()];
    const common = first.protocols.map(({ name }) => name).filter((name) => members.every(knows(name)));
    const votes = members.map(({ protocols }) => protocols.find(({ name }) => common.includes(name))?.name);
    const count = (name: string) => votes.filter((vote) => vote === name).length;
    return common.toSorted((a, b) => count(b) - count(a))[0] ?? '';
  }

  #joined(member: Member): JoinGroupResponse {
    const all = member.id === this.#leader ? [...this.#members.values()] : [];
    const members = all.map(({ id, protocols }) => ({
      id,
      metadata: protocols.find(({ name }) => name === this.#protocol)?.metadata ?? NOTHING,
    }));
    const { id: memberId } = member;
    return {
      error: ErrorCode.none,
      generation: this.#generation,
      protocol: this.#protocol,
      leader: this.#leader,
      memberId,
      members,
    };
  }

  #assign({ assignments }: SyncGroupRequest): void {
    const shares = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
    this.#state = 'Stable';
    for (const member of this.#members.values()) {
      member.assignment = shares.get(member.id) ?? NOTHING;
      member.syncing?.({ error: ErrorCode.none, assignment: member.assignment });
      member.syncing = undefined;
    }
  }

  #faultOf(member: Member | undefined, generation: number): ErrorCode {
    if (!member) return ErrorCode.unknownMemberId;
    return generation === this.#generation ? ErrorCode.none : ErrorCode.illegalGeneration;
  }

  #hear(member: Member): void {
    member.heardAt = this.clock.now();
  }

  /** One timer per member, set again only when it fires: a heartbeat costs nothing. */
  #watch(member: Member, delay: number): void {
    member.stopWatch = this.clock.after(delay, () => {
      // Waiting for an answer of ours is no silence.
      if (member.joining) this.#hear(member);
      const left = member.heardAt + member.sessionTimeout - this.clock.now();
      if (left > 0) this.#watch(member, left);
      else this.#remove(member);
    });
  }

  #remove(member: Member): void {
    this.#forget(member);
    this.#rebalance();
  }

  #forget(member: Member): void {
    member.stopWatch();
    this.#members.delete(member.id);
    member.joining?.(refuseJoin(ErrorCode.unknownMemberId, member.id));
    member.syncing?.({ error: ErrorCode.unknownMemberId, assignment: NOTHING });
  }
}

function knows(name: string) {
  return ({ protocols }: { readonly protocols: readonly MemberProtocol[] }) =>
    protocols.some((protocol) => protocol.name === name);
}

function sameProtocols(a: readonly MemberProtocol[], b: readonly MemberProtocol[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, metadata }, at) => name === b[at]?.name && metadata.equals(b[at].metadata))
  );
}
