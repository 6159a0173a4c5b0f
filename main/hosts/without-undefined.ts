/**
 * The same without its undefined fields. What crosses a border between processes may carry an absent field as undefined;
 * exact optional properties want it away, and spread over a default it would undo that.
 */
export function withoutUndefined<Shape extends object>(
  shape: Shape,
): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Shape]: Exclude<Shape[Key], undefined>;
  };
}
