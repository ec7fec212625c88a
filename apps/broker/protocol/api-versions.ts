import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface ApiRange {
  readonly key: number;
  readonly min: number;
  readonly max: number;
}

export interface ApiVersionsResponse {
  readonly error: ErrorCode;
  readonly apis: readonly ApiRange[];
}

export const apiVersions: Api<null, ApiVersionsResponse> = {
  key: 18,
  min: 0,
  max: 2,
  decode: () => null,
  encode(to, { error, apis }, version) {
    to.int16(error).array(apis, ({ key, min, max }) => to.int16(key).int16(min).int16(max));
    if (version >= 1) to.int32(0);
  },
};
