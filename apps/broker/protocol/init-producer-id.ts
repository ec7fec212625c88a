import { type Api } from './api.js';
import { type ErrorCode } from './error-code.js';

export interface InitProducerIdResponse {
  readonly error: ErrorCode;
  readonly producerId: number;
  readonly producerEpoch: number;
}

export const initProducerId: Api<{ readonly transactionalId: string | null }, InitProducerIdResponse> = {
  key: 22,
  min: 0,
  max: 1,
  decode(from) {
    const transactionalId = from.nullableString();
    from.int32();
    return { transactionalId };
  },
  encode(to, { error, producerId, producerEpoch }) {
    to.int32(0).int16(error).int64(producerId).int16(producerEpoch);
  },
};
