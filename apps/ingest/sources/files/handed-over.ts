/** A file as it was handed over: where it lies, the path a person gave it, its length. */
export interface HandedOver {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}
