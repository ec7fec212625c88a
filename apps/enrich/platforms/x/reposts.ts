import type { RepostCount } from '#libs/events';

/** The higher of two counts of one post, as the record tells it; none where it was not reposted. */
export function repostsOf(postId: string, one: number | null, other: number | null): RepostCount[] {
  const highest = Math.max(one ?? 0, other ?? 0);
  return highest > 0 ? [{ postId, count: highest }] : [];
}
