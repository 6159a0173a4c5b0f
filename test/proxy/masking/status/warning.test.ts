import { describe, expect, it } from 'vitest';
import { newMaskReport } from '../../../../proxy/masking/plan/response-mask.ts';
import { countMaskWarning, longMaskWarning } from '../../../../proxy/masking/status/warning.ts';
import { apiRequest } from '../requests.ts';

describe('what is said about masks', () => {
  it.each([
    [{ maskedValues: 3, maskedObjects: 1 }, { verb: 'get', name: 'db' }, '3 values masked in secret team-a/db'],
    [{ maskedValues: 1, maskedObjects: 1 }, {}, '1 value masked in 1 object of secrets'],
    [{ maskedValues: 7, maskedObjects: 2 }, {}, '7 values masked in 2 objects of secrets'],
  ])('%j', (report, info, start) => {
    expect(countMaskWarning({ ...report, onlyMetadata: false }, apiRequest(info), null)?.startsWith(start)).toBe(true);
  });

  it('where to reveal a value, of Secrets alone, and nothing where there is no such place', () => {
    const report = { maskedValues: 1, maskedObjects: 1, onlyMetadata: false };
    const place = 'Gatehouse, under Secrets';
    expect(countMaskWarning(report, apiRequest(), place)).toMatch(/; reveal one in Gatehouse, under Secrets$/);
    expect(countMaskWarning(report, apiRequest({ resource: 'pods' }), place)).not.toMatch(/reveal/);
    expect(countMaskWarning(report, apiRequest(), null)).toBe('1 value masked in 1 object of secrets');
    expect(longMaskWarning(report, apiRequest(), place)).toMatch(/; reveal one in Gatehouse, under Secrets$/);
    expect(longMaskWarning(report, apiRequest(), null)).toBe('values masked in this list of secrets');
  });

  it('nothing when nothing was masked', () => {
    expect(countMaskWarning({ ...newMaskReport(), onlyMetadata: false }, apiRequest(), null)).toBeNull();
  });

  it('nothing where only the metadata of a table’s rows was masked, which nobody asked for', () => {
    expect(countMaskWarning({ maskedValues: 2, maskedObjects: 2, onlyMetadata: true }, apiRequest(), null)).toBeNull();
  });
});
