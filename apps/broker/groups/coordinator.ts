import { type Clock } from '../clock.js';
import { ErrorCode } from '../protocol/error-code.js';
import { type DescribedGroup, type ListedGroup } from '../protocol/group-admin.js';
import { type JoinGroupRequest, type JoinGroupResponse } from '../protocol/membership.js';
import { type Client, Group, refuseJoin } from './group.js';
import { type OffsetStore } from './offset-store.js';

export interface CoordinatorSettings {
  /** Milliseconds; Kafka's own bounds, so that what works here works there. */
  readonly minSessionTimeout: number;
  readonly maxSessionTimeout: number;
}

/** All groups: those with members, and those of which only offsets are left. */
export class Coordinator {
  readonly #groups = new Map<string, Group>();

  constructor(
    readonly offsets: OffsetStore,
    private readonly clock: Clock,
    private readonly newId: () => string,
    private readonly settings: CoordinatorSettings,
  ) {}

  find(id: string): Group | undefined {
    return this.#groups.get(id);
  }

  join(request: JoinGroupRequest, client: Client): JoinGroupResponse | Promise<JoinGroupResponse> {
    const error = this.#faultOf(request);
    if (error !== ErrorCode.none) return refuseJoin(error, request.memberId);
    const known = this.#groups.get(request.groupId);
    if (!known && request.memberId !== '') return refuseJoin(ErrorCode.unknownMemberId, request.memberId);
    const group = known ?? new Group(request.groupId, this.clock, this.newId);
    this.#groups.set(request.groupId, group);
    return group.join(request, client);
  }

  list(): ListedGroup[] {
    this.#forgetEmpty();
    const ids = new Set([...this.#groups.keys(), ...this.offsets.groupIds()]);
    return [...ids]
      .toSorted()
      .map((id) => ({ id, protocolType: this.#groups.get(id)?.protocolType ?? 'consumer' }));
  }

  describe(id: string): DescribedGroup {
    const group = this.#groups.get(id);
    if (group && !group.isForgettable) return group.describe();
    const state = this.offsets.has(id) ? 'Empty' : 'Dead';
    const protocolType = state === 'Empty' ? (group?.protocolType ?? 'consumer') : '';
    return { error: ErrorCode.none, id, state, protocolType, protocol: '', members: [] };
  }

  /** @throws DiskFull */
  async delete(id: string): Promise<ErrorCode> {
    const group = this.#groups.get(id);
    if (group && group.state !== 'Empty') return ErrorCode.nonEmptyGroup;
    if (!group && !this.offsets.has(id)) return ErrorCode.groupIdNotFound;
    await this.offsets.forgetGroup(id);
    this.#forgetEmpty();
    return ErrorCode.none;
  }

  stop(): void {
    for (const group of this.#groups.values()) group.stop();
  }

  #faultOf({ groupId, sessionTimeout, instanceId }: JoinGroupRequest): ErrorCode {
    const { minSessionTimeout, maxSessionTimeout } = this.settings;
    if (groupId === '') return ErrorCode.invalidGroupId;
    // Static membership is not implemented, and to ignore the wish would be a silent change of meaning.
    if (instanceId !== null) return ErrorCode.unsupportedVersion;
    const allowed = sessionTimeout >= minSessionTimeout && sessionTimeout <= maxSessionTimeout;
    return allowed ? ErrorCode.none : ErrorCode.invalidSessionTimeout;
  }

  #forgetEmpty(): void {
    for (const [id, group] of this.#groups)
      if (group.isForgettable && !this.offsets.has(id)) this.#groups.delete(id);
  }
}
