import { Document } from 'yaml';
import type { PolicyValue } from '../../../model/policy-upgrade.ts';

/** A value on one line, as YAML writes it between brackets. */
export function flowText(value: PolicyValue): string {
  const document = new Document(value, { version: '1.2' });
  return document.toString({ collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim();
}
