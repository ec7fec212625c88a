import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export const GROUP = 0;

export interface FindCoordinatorResponse {
  readonly error: ErrorCode;
  readonly message: string | null;
  readonly node: { readonly id: number; readonly host: string; readonly port: number };
}

export const findCoordinator: Api<{ readonly key: string; readonly type: number }, FindCoordinatorResponse> =
  {
    key: 10,
    min: 0,
    max: 2,
    decode(from, version) {
      return { key: from.string(), type: version >= 1 ? from.int8() : GROUP };
    },
    encode(to, { error, message, node }, version) {
      if (version >= 1) to.int32(0);
      to.int16(error);
      if (version >= 1) to.string(message);
      to.int32(node.id).string(node.host).int32(node.port);
    },
  };
