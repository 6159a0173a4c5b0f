import { expect, it } from 'vitest';
import { withToolsFolder } from '../../../main/environment/tools-folder.ts';

it("puts the tools that came along behind the person's own", () => {
  const given = withToolsFolder({ PATH: '/usr/bin' }, { GATEHOUSE_TOOLS_FOLDER: '/cache/kubectl' });
  expect(given['PATH']).toBe('/usr/bin:/cache/kubectl');
});

it('changes nothing where none came along', () => {
  expect(withToolsFolder({ PATH: '/usr/bin' }, {})).toEqual({ PATH: '/usr/bin' });
});
