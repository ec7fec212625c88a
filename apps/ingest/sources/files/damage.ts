/** The bytes handed over are not what they claim to be: cut short, or altered. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** By shape, not by class: errors of Node's own modules may come from another realm. */
function errorOf(err: unknown): { message: string; code: string | null } {
  if (typeof err !== 'object' || err === null || !('message' in err))
    return { message: String(err), code: null };
  return { message: String(err.message), code: 'code' in err ? String(err.code) : null };
}

const isOfZlib = (code: string | null): boolean => code?.startsWith('Z_') ?? false;

/** What zlib or the reader of archives says of damaged bytes, null for any other fault. */
export function damageIn(err: unknown): string | null {
  const { message, code } = errorOf(err);
  return err instanceof Damaged || isOfZlib(code) ? message : null;
}

/** Whatever the reader of archives complains of is damage; what the disk does is not, and is thrown as it is. */
export function asDamage(err: unknown): Damaged {
  const { message, code } = errorOf(err);
  if (code !== null && !isOfZlib(code)) throw err;
  return err instanceof Damaged ? err : new Damaged(message, { cause: err });
}
