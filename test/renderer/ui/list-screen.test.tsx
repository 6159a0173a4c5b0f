import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ListScreen, type ListScreenProps } from '../../../renderer/ui/list-screen.tsx';
import { SurroundingsContext } from '../../../renderer/ui/surroundings.ts';

const surroundings = {
  copyDetails: () => Promise.resolve(),
  explain: (error: unknown) => ({ code: 'list-broken', message: String(error), details: '', reference: null }),
};

const filter = { on: true, noMatch: 'Nothing matches', clear: 'Clear filter', onClear: () => undefined };

function draw(props: Partial<ListScreenProps<string>>): string {
  return renderToStaticMarkup(
    <MantineProvider>
      <SurroundingsContext value={surroundings}>
        <ListScreen
          id="words"
          title="Words"
          source={{ data: ['one'], error: null, refetch: () => undefined }}
          loading="Loading words"
          problem="The words could not be read"
          empty={<p>No word yet</p>}
          columns={[{ id: 'word', title: 'Word', width: 80, render: (word) => word }]}
          rows={['one']}
          rowId={(word) => word}
          selected={null}
          onSelect={() => undefined}
          {...props}
        />
      </SurroundingsContext>
    </MantineProvider>,
  );
}

/** What stands where the list does, of all that can. */
const PARTS = { problem: 'role="alert"', empty: 'No word yet', noMatch: 'Nothing matches', list: 'role="grid"' };

const source = (data: unknown, error: unknown = null) => ({ data, error, refetch: () => undefined });

test.each<[string, Partial<ListScreenProps<string>>, ReadonlyArray<keyof typeof PARTS>]>([
  ['rows are listed', {}, ['list']],
  ['rows are listed under a filter', { filter }, ['list']],
  ['what is not read yet is neither empty nor a list', { source: source(undefined), rows: [], filter }, []],
  ['what could not be read says so', { source: source(undefined, 'gone'), rows: [] }, ['problem']],
  ['what could not be read again says so, and not what it was', { source: source(['one'], 'gone') }, ['problem']],
  ['nothing at all says what to do', { source: source([]), rows: [] }, ['empty']],
  ['nothing, and no filter that is on', { source: source([]), rows: [], filter: { ...filter, on: false } }, ['empty']],
  ['nothing that matches the filter', { rows: [], filter }, ['noMatch']],
])('%s', (_name, props, shown) => {
  const page = draw(props);
  const found = Object.entries(PARTS).filter(([, mark]) => page.includes(mark));
  expect(found.map(([part]) => part)).toEqual(shown);
});

test('the list is called what the screen is', () => {
  expect(draw({})).toMatch(/role="grid"[^>]*aria-label="Words"/);
});

test('a filter that leaves nothing can be taken away', () => {
  expect(draw({ rows: [], filter })).toMatch(/<button[^>]*>.*Clear filter/);
});

test.each([
  ['rows', {}],
  ['a problem', { source: source(undefined, 'gone') }],
  ['nothing', { source: source([]), rows: [] }],
])('what stands over and beside the list stays, with %s', (_name, props) => {
  const page = draw({ ...props, above: <p>Over it</p>, beside: <nav>Beside it</nav> });
  expect(page).toContain('Over it');
  expect(page).toContain('Beside it');
});
