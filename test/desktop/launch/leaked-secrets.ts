import { demoSecretValues } from '../../../demo/seed/secret-values.ts';

/**
 * The demo cluster's Secret values that occur in a text: as they are, or in base64, also where a value is part of a
 * longer text that was encoded as a whole (which moves it by one or two bytes).
 */
export function leakedSecrets(text: string): string[] {
  return demoSecretValues.filter((value) => forms(value).some((form) => text.includes(form)));
}

function forms(value: string): string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${' '.repeat(shift)}${value}`)
      .toString('base64')
      .replaceAll('=', '');
    // The characters at either edge also carry bits of the neighbours.
    return encoded.slice(shift === 0 ? 0 : 4, -1);
  });
  return [value, ...shifted];
}
