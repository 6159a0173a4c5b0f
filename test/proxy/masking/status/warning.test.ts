import { describe, expect, it } from 'vitest';
import { newMaskReport } from '../../../../proxy/masking/plan/response-mask.ts';
import { countMaskWarning } from '../../../../proxy/masking/status/warning.ts';
import { apiRequest } from '../requests.ts';

describe('what is said about masks', () => {
  it.each([
    [{ maskedValues: 3, maskedObjects: 1 }, { verb: 'get', name: 'db' }, '3 values masked in secret team-a/db'],
    [{ maskedValues: 1, maskedObjects: 1 }, {}, '1 value masked in 1 object of secrets'],
    [{ maskedValues: 7, maskedObjects: 2 }, {}, '7 values masked in 2 objects of secrets'],
  ])('%j', (report, info, start) => {
    expect(countMaskWarning({ ...report, onlyMetadata: false }, apiRequest(info))?.startsWith(start)).toBe(true);
  });

  it('where to reveal a value, of Secrets alone', () => {
    const report = { maskedValues: 1, maskedObjects: 1, onlyMetadata: false };
    expect(countMaskWarning(report, apiRequest())).toMatch(/reveal one in Gatehouse/);
    expect(countMaskWarning(report, apiRequest({ resource: 'pods' }))).not.toMatch(/reveal/);
  });

  it('nothing when nothing was masked', () => {
    expect(countMaskWarning({ ...newMaskReport(), onlyMetadata: false }, apiRequest())).toBeNull();
  });

  it('nothing where only the metadata of a table’s rows was masked, which nobody asked for', () => {
    expect(countMaskWarning({ maskedValues: 2, maskedObjects: 2, onlyMetadata: true }, apiRequest())).toBeNull();
  });
});
