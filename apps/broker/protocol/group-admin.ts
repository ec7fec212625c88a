import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface DescribedMember {
  readonly id: string;
  readonly clientId: string;
  readonly host: string;
  readonly metadata: Buffer;
  readonly assignment: Buffer;
}

export interface DescribedGroup {
  readonly error: ErrorCode;
  readonly id: string;
  readonly state: string;
  readonly protocolType: string;
  readonly protocol: string;
  readonly members: readonly DescribedMember[];
}

/** The protocol's "authorised operations were not asked for". */
const NOT_ASKED = -2_147_483_648;

export const describeGroups: Api<readonly string[], readonly DescribedGroup[]> = {
  key: 15,
  min: 0,
  max: 4,
  decode(from) {
    return from.array(() => from.string());
  },
  encode(to, groups, version) {
    if (version >= 1) to.int32(0);
    to.array(groups, (group) => {
      to.int16(group.error)
        .string(group.id)
        .string(group.state)
        .string(group.protocolType)
        .string(group.protocol);
      to.array(group.members, (member) => {
        to.string(member.id);
        if (version >= 4) to.string(null);
        to.string(member.clientId).string(member.host).bytes(member.metadata).bytes(member.assignment);
      });
      if (version >= 3) to.int32(NOT_ASKED);
    });
  },
};

export interface ListedGroup {
  readonly id: string;
  readonly protocolType: string;
}

export const listGroups: Api<null, readonly ListedGroup[]> = {
  key: 16,
  min: 0,
  max: 2,
  decode: () => null,
  encode(to, groups, version) {
    if (version >= 1) to.int32(0);
    to.int16(0).array(groups, ({ id, protocolType }) => to.string(id).string(protocolType));
  },
};

export const deleteGroups: Api<
  readonly string[],
  readonly { readonly id: string; readonly error: ErrorCode }[]
> = {
  key: 42,
  min: 0,
  max: 1,
  decode(from) {
    return from.array(() => from.string());
  },
  encode(to, groups) {
    to.int32(0).array(groups, ({ id, error }) => to.string(id).int16(error));
  },
};
