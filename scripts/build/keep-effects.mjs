/**
 * Nothing is shaken out of what runs in the gateway. rolldown takes `decodeURIComponent(x)` inside a `try` for free of
 * effects and drops it, and with it the refusal of what does not decode: a check that throws is all effect. A megabyte
 * of unused code costs less than a check that is in the source and not in the product.
 * @type {false}
 */
export const keepEffects = false;
