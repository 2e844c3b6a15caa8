/**
 * Shares out a total by weights, with at most so many for each. The sum is the total, if there is
 * room for it and a weight above 0; what does not fit goes to the next that have room.
 */
export function shareOut(
  total: number,
  weights: readonly number[],
  most = Number.POSITIVE_INFINITY,
): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let wanted = 0;
  let given = 0;
  const shares = weights.map((weight) => {
    if (weight > 0) wanted += (total * weight) / sum;
    const share = weight > 0 ? Math.min(most, Math.max(0, Math.round(wanted) - given)) : 0;
    given += share;
    return share;
  });
  return shares.map((share, index) => {
    const room = (weights[index] ?? 0) > 0 ? most - share : 0;
    const more = Math.max(0, Math.min(room, total - given));
    given += more;
    return share + more;
  });
}
