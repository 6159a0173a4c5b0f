import { at } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** A custom resource definition whose objects would be sent to a conversion webhook, in both directions. */
export function gainedByConversion({ before, after }: Change): Gained[] {
  const target = at(after, 'spec', 'conversion', 'webhook', 'clientConfig');
  if (target === undefined || target === null) return [];
  const had = JSON.stringify(at(before, 'spec', 'conversion', 'webhook', 'clientConfig') ?? null);
  if (JSON.stringify(target) === had) return [];
  return [anyone('webhook', 'whoever writes or reads these objects, which a conversion webhook sees and may change')];
}
