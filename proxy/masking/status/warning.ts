import type { ApiRequest } from '../../request/api-request.ts';
import type { MaskReport } from '../plan/response-mask.ts';

/**
 * What a client is told about the masks in an answer; null when there are none, or only in metadata: `kubectl get
 * secrets` is answered with a Table whose rows carry each Secret's last-applied, and nobody asked for that.
 * @param revealsIn where a person can look at one value; null: nowhere.
 */
export function countMaskWarning(report: MaskReport, { info }: ApiRequest, revealsIn: string | null): string | null {
  const { maskedValues: values, maskedObjects: objects } = report;
  if (values === 0 || report.onlyMetadata) return null;
  const what = `${values} ${values === 1 ? 'value' : 'values'} masked in`;
  const where =
    objects === 1 && info.name !== ''
      ? `${info.resource === 'secrets' ? 'secret' : info.resource} ${info.namespace === '' ? '' : `${info.namespace}/`}${info.name}`
      : `${objects} ${objects === 1 ? 'object' : 'objects'} of ${info.resource}`;
  return `${what} ${where}${reveals(info, revealsIn)}`;
}

/** The same for a document that is sent before it is known how much of it is masked; `report` tells of its beginning. */
export function longMaskWarning(
  { maskedValues, onlyMetadata }: MaskReport,
  { info }: ApiRequest,
  revealsIn: string | null,
): string | null {
  if (maskedValues === 0 || onlyMetadata) return null;
  return `values masked in this list of ${info.resource}${reveals(info, revealsIn)}`;
}

/** Only a key of a Secret can be revealed, and only where there is a place for it. */
function reveals({ apiGroup, resource }: ApiRequest['info'], revealsIn: string | null): string {
  return revealsIn !== null && apiGroup === '' && resource === 'secrets' ? `; reveal one in ${revealsIn}` : '';
}
