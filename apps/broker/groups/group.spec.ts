import { beforeEach, describe, expect, it } from '@jest/globals';

import { type Clock } from '../clock.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type JoinGroupRequest, type JoinGroupResponse } from '../protocol/membership.js';
import { Group } from './group.js';

/** Time that passes only when told to. */
class TestClock implements Clock {
  #now = 0;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#now + delay, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(time: number): void {
    const end = this.#now + time;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((other) => other !== next);
      next.action();
    }
    this.#now = end;
  }
}

const SESSION = 10_000;
const REBALANCE = 60_000;

let clock: TestClock;
let group: Group;

beforeEach(() => {
  clock = new TestClock();
  let made = 0;
  group = new Group('g', clock, () => String(made++));
});

function join(clientId: string, change: Partial<JoinGroupRequest> = {}) {
  const request: JoinGroupRequest = {
    groupId: 'g',
    sessionTimeout: SESSION,
    rebalanceTimeout: REBALANCE,
    memberId: '',
    instanceId: null,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from(clientId) }],
    idRequired: false,
    ...change,
  };
  return group.join(request, { clientId, host: '/here' });
}

const sync = (member: JoinGroupResponse, shares: Record<string, string> = {}) =>
  group.sync({
    groupId: 'g',
    generation: member.generation,
    memberId: member.memberId,
    instanceId: null,
    assignments: Object.entries(shares).map(([memberId, share]) => ({
      memberId,
      assignment: Buffer.from(share),
    })),
  });

/** Two members that are settled: the first leads. */
async function pair(): Promise<[JoinGroupResponse, JoinGroupResponse]> {
  const alone = await join('a');
  const second = join('b');
  const first = await join('a', { memberId: alone.memberId });
  const follower = await second;
  const waiting = sync(follower);
  await sync(first, { [first.memberId]: 'share a', [follower.memberId]: 'share b' });
  expect(String((await waiting).assignment)).toBe('share b');
  return [first, follower];
}

describe('a consumer group', () => {
  it('lets all join, makes one of them assign, and gives each its share', async () => {
    const [first, second] = await pair();
    expect(first.leader).toBe(first.memberId);
    expect(second.leader).toBe(first.memberId);
    expect(first.members.map(({ id }) => id)).toEqual([first.memberId, second.memberId]);
    expect(second.members).toEqual([]);
    expect(group.state).toBe('Stable');
    expect(group.describe().members.map(({ assignment }) => String(assignment))).toEqual([
      'share a',
      'share b',
    ]);
  });

  it('first gives an id to a new member that can keep one, and knows it by that', async () => {
    const told = await join('a', { idRequired: true });
    expect(told.error).toBe(ErrorCode.memberIdRequired);
    expect((await join('a', { idRequired: true, memberId: told.memberId })).error).toBe(ErrorCode.none);
    expect((await join('x', { memberId: 'never given' })).error).toBe(ErrorCode.unknownMemberId);
  });

  it('forgets an id that nobody came back with', async () => {
    const told = await join('a', { idRequired: true });
    clock.pass(SESSION);
    expect((await join('a', { idRequired: true, memberId: told.memberId })).error).toBe(
      ErrorCode.unknownMemberId,
    );
    expect(group.isForgettable).toBe(true);
  });

  it('answers heartbeats and waiting syncs with "rebalance" as soon as someone comes', async () => {
    const first = await join('a');
    const second = join('b');
    expect(group.heartbeat(first.memberId, first.generation)).toBe(ErrorCode.rebalanceInProgress);
    const again = await join('a', { memberId: first.memberId });
    const follower = await second;
    const waiting = sync(follower);
    void join('c');
    expect((await waiting).error).toBe(ErrorCode.rebalanceInProgress);
    expect((await sync(again)).error).toBe(ErrorCode.rebalanceInProgress);
  });

  it('goes on without a member that is silent for its session', async () => {
    const [first, second] = await pair();
    clock.pass(SESSION - 1);
    expect(group.heartbeat(first.memberId, first.generation)).toBe(ErrorCode.none);
    clock.pass(1);
    expect(group.heartbeat(second.memberId, second.generation)).toBe(ErrorCode.unknownMemberId);
    expect(group.heartbeat(first.memberId, first.generation)).toBe(ErrorCode.rebalanceInProgress);
    const alone = await join('a', { memberId: first.memberId });
    expect(alone.members).toHaveLength(1);
    expect(alone.generation).toBe(first.generation + 1);
  });

  it('goes on without a member that does not join again in time, and wants no heartbeats of one that waits', async () => {
    const [first, second] = await pair();
    const third = join('c');
    const waiting = join('a', { memberId: first.memberId });
    for (let time = 0; time < REBALANCE; time += SESSION / 2) {
      group.heartbeat(second.memberId, second.generation);
      clock.pass(SESSION / 2);
    }
    expect((await waiting).members.map(({ id }) => id)).toEqual([first.memberId, (await third).memberId]);
    expect(group.heartbeat(second.memberId, second.generation)).toBe(ErrorCode.unknownMemberId);
  });

  it('rebalances when a member leaves, and is empty when the last one has', async () => {
    const [first, second] = await pair();
    expect(group.leave(second.memberId)).toBe(ErrorCode.none);
    expect(group.leave(second.memberId)).toBe(ErrorCode.unknownMemberId);
    expect(group.heartbeat(first.memberId, first.generation)).toBe(ErrorCode.rebalanceInProgress);
    expect(group.leave(first.memberId)).toBe(ErrorCode.none);
    expect(group.state).toBe('Empty');
  });

  it('refuses whom it shares no protocol with', async () => {
    await join('a');
    const protocols = [{ name: 'sticky', metadata: Buffer.alloc(0) }];
    expect((await join('b', { protocols })).error).toBe(ErrorCode.inconsistentGroupProtocol);
    expect((await join('b', { protocolType: 'connect' })).error).toBe(ErrorCode.inconsistentGroupProtocol);
  });

  it('takes commits of its present generation only, and by hand only while it is empty', async () => {
    expect(group.faultOfCommit('', -1)).toBe(ErrorCode.none);
    const [first] = await pair();
    expect(group.faultOfCommit(first.memberId, first.generation)).toBe(ErrorCode.none);
    expect(group.faultOfCommit(first.memberId, first.generation - 1)).toBe(ErrorCode.illegalGeneration);
    expect(group.faultOfCommit('stranger', first.generation)).toBe(ErrorCode.unknownMemberId);
    expect(group.faultOfCommit('', -1)).toBe(ErrorCode.unknownMemberId);
  });

  it('tells a follower that asks again the same as before', async () => {
    const [, second] = await pair();
    const again = await join('b', { memberId: second.memberId });
    expect(again.generation).toBe(second.generation);
    expect(String((await sync(again)).assignment)).toBe('share b');
  });
});
