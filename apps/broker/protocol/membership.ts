import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinGroupRequest {
  readonly groupId: string;
  /** Milliseconds. */
  readonly sessionTimeout: number;
  /** Milliseconds. */
  readonly rebalanceTimeout: number;
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly protocolType: string;
  readonly protocols: readonly MemberProtocol[];
  /** From version 4 on a new member first gets its id, so that a lost answer leaves no ghost in the group. */
  readonly idRequired: boolean;
}

export interface JoinGroupResponse {
  readonly error: ErrorCode;
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  readonly memberId: string;
  /** Empty for all but the leader. */
  readonly members: readonly { readonly id: string; readonly metadata: Buffer }[];
}

export const joinGroup: Api<JoinGroupRequest, JoinGroupResponse> = {
  key: 11,
  min: 0,
  max: 5,
  decode(from, version) {
    const groupId = from.string();
    const sessionTimeout = from.int32();
    return {
      groupId,
      sessionTimeout,
      rebalanceTimeout: version >= 1 ? from.int32() : sessionTimeout,
      memberId: from.string(),
      instanceId: version >= 5 ? from.nullableString() : null,
      protocolType: from.string(),
      protocols: from.array(() => ({ name: from.string(), metadata: Buffer.from(from.bytes()) })),
      idRequired: version >= 4,
    };
  },
  encode(to, answer, version) {
    if (version >= 2) to.int32(0);
    to.int16(answer.error).int32(answer.generation).string(answer.protocol);
    to.string(answer.leader)
      .string(answer.memberId)
      .array(answer.members, ({ id, metadata }) => {
        to.string(id);
        if (version >= 5) to.string(null);
        to.bytes(metadata);
      });
  },
};

export interface MemberRequest {
  readonly groupId: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instanceId: string | null;
}

export interface SyncGroupRequest extends MemberRequest {
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
}

export interface SyncGroupResponse {
  readonly error: ErrorCode;
  readonly assignment: Buffer;
}

export const syncGroup: Api<SyncGroupRequest, SyncGroupResponse> = {
  key: 14,
  min: 0,
  max: 3,
  decode(from, version) {
    return {
      groupId: from.string(),
      generation: from.int32(),
      memberId: from.string(),
      instanceId: version >= 3 ? from.nullableString() : null,
      assignments: from.array(() => ({ memberId: from.string(), assignment: Buffer.from(from.bytes()) })),
    };
  },
  encode(to, { error, assignment }, version) {
    if (version >= 1) to.int32(0);
    to.int16(error).bytes(assignment);
  },
};

export const heartbeat: Api<MemberRequest, { readonly error: ErrorCode }> = {
  key: 12,
  min: 0,
  max: 3,
  decode(from, version) {
    return {
      groupId: from.string(),
      generation: from.int32(),
      memberId: from.string(),
      instanceId: version >= 3 ? from.nullableString() : null,
    };
  },
  encode(to, { error }, version) {
    if (version >= 1) to.int32(0);
    to.int16(error);
  },
};

export interface LeaveGroupResponse {
  readonly error: ErrorCode;
  readonly members: readonly { readonly memberId: string; readonly error: ErrorCode }[];
}

export const leaveGroup: Api<
  { readonly groupId: string; readonly members: readonly string[] },
  LeaveGroupResponse
> = {
  key: 13,
  min: 0,
  max: 3,
  decode(from, version) {
    const groupId = from.string();
    if (version < 3) return { groupId, members: [from.string()] };
    const members = from.array(() => {
      const memberId = from.string();
      from.nullableString();
      return memberId;
    });
    return { groupId, members };
  },
  encode(to, { error, members }, version) {
    if (version >= 1) to.int32(0);
    if (version < 3) {
      to.int16(members[0]?.error || error);
      return;
    }
    to.int16(error).array(members, (member) => to.string(member.memberId).string(null).int16(member.error));
  },
};
