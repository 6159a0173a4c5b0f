import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconCheck, IconColumns3 } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useMemo, useRef } from 'react';
import {
  type ColumnLayout,
  type ColumnRoom,
  fitColumns,
  readColumnLayout,
  resizeColumn,
  sortBy,
  sortRows,
  toggleColumn,
} from './column-layout.ts';
import styles from './data-table.module.css';
import { rowForKey } from './grid-keys.ts';
import { useStoredState } from './stored-state.ts';
import { useInnerWidth } from './use-inner-width.ts';

export interface Column<Row> extends ColumnRoom {
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  /** What the column sorts by; without it it cannot be sorted. */
  readonly value?: (row: Row) => string | number;
  readonly end?: boolean;
}

const ROW = 28;
/** The menu of the columns, at the end of the headings. */
const MENU = 26;

export interface DataTableProps<Row> {
  /** Names the remembered layout. */
  readonly id: string;
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly selected: string | null;
  readonly onSelect: (id: string | null) => void;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** Keys that mean something to the screen; true when used. */
  readonly onKey?: (key: string) => boolean;
  readonly initialSort?: ColumnLayout['sort'];
  /** The last row came into view. */
  readonly onEnd?: () => void;
}

/** A list as a grid: sticky headings that sort, resize and hide (remembered), rows of 28 px drawn only where seen, arrow keys to move. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const prefix = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [layout, setLayout] = useStoredState(`table.${props.id}`, (stored) =>
    readColumnLayout(stored, props.initialSort ?? null),
  );
  const width = useInnerWidth(scroller, props.rows.length);
  const fitted = fitColumns(
    props.columns.filter((column) => !layout.hidden.includes(column.id)),
    layout.widths,
    width - MENU,
  );
  const columns = fitted.map(({ column }) => column);
  const widthOf = (column: Column<Row>) => fitted.find((fit) => fit.column.id === column.id)?.width ?? column.width;
  const sortColumn = props.columns.find((column) => column.id === layout.sort?.column);
  const descending = layout.sort?.descending ?? false;
  const rows = useMemo(
    () => sortRows(props.rows, sortColumn?.value, descending),
    [props.rows, sortColumn?.value, descending],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last && last.index === rows.length - 1) props.onEnd?.();
    },
  });
  const selectedIndex = rows.findIndex((row) => props.rowId(row) === props.selected);

  const move = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    props.onSelect(props.rowId(row));
    virtual.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2);
    const target = rowForKey(event.key, selectedIndex, rows.length, page);
    const row = rows[selectedIndex];
    if (target !== null) move(target);
    else if (event.key === 'Escape') props.onSelect(null);
    else if (event.key === 'Enter' && row !== undefined) props.onOpen?.(row);
    else if (!props.onKey?.(event.key)) return;
    event.preventDefault();
  };
  const resize = (column: Column<Row>) => (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const grip = event.currentTarget;
    const start = event.clientX;
    const width = widthOf(column);
    grip.setPointerCapture(event.pointerId);
    const moved = (at: globalThis.PointerEvent) =>
      setLayout(resizeColumn(layout, column.id, width + at.clientX - start));
    grip.addEventListener('pointermove', moved);
    grip.addEventListener('lostpointercapture', () => grip.removeEventListener('pointermove', moved), { once: true });
  };
  const headingKey = (column: Column<Row>) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    setLayout(resizeColumn(layout, column.id, widthOf(column) + (event.key === 'ArrowRight' ? 16 : -16)));
  };
  const sortWord = (column: Column<Row>) => {
    if (layout.sort?.column !== column.id) return 'none';
    return descending ? 'descending' : 'ascending';
  };

  return (
    <div
      ref={scroller}
      className={styles.table}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={selectedIndex === -1 ? undefined : `${prefix}-${props.selected}`}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" tabIndex={-1} className={styles.headRow}>
          {columns.map((column, index) => (
            <div
              key={column.id}
              role="columnheader"
              tabIndex={-1}
              aria-sort={column.value ? sortWord(column) : undefined}
              data-end={column.end || undefined}
              className={`${styles.heading} ${index === columns.length - 1 && !column.end ? styles.last : ''}`}
              style={{ width: widthOf(column) }}
            >
              {column.value ? (
                <button
                  type="button"
                  className={styles.sort}
                  title="Sort; Alt with the arrow keys resizes"
                  onClick={() => setLayout(sortBy(layout, column.id))}
                  onKeyDown={headingKey(column)}
                >
                  {column.title}
                  {sortWord(column) === 'ascending' ? <IconArrowUp size={12} aria-hidden /> : null}
                  {sortWord(column) === 'descending' ? <IconArrowDown size={12} aria-hidden /> : null}
                </button>
              ) : (
                <span className={styles.sort}>{column.title}</span>
              )}
              <span className={styles.grip} onPointerDown={resize(column)} />
            </div>
          ))}
          <div role="columnheader" tabIndex={-1} className={styles.columns}>
            <Menu position="bottom-end" closeOnItemClick={false}>
              <Menu.Target>
                <ActionIcon size={22} aria-label="Columns">
                  <IconColumns3 size={14} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {props.columns.map((column) => (
                  <Menu.Item
                    key={column.id}
                    role="menuitemcheckbox"
                    aria-checked={!layout.hidden.includes(column.id)}
                    disabled={props.columns.length - layout.hidden.length === 1 && !layout.hidden.includes(column.id)}
                    leftSection={
                      <IconCheck
                        size={14}
                        aria-hidden
                        visibility={layout.hidden.includes(column.id) ? 'hidden' : 'visible'}
                      />
                    }
                    onClick={() => setLayout(toggleColumn(layout, column.id))}
                  >
                    {column.title}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </div>
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const id = props.rowId(row);
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and points here (aria-activedescendant)
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid's own key handler moves and opens
            <div
              key={id}
              id={`${prefix}-${id}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={id === props.selected}
              className={styles.row}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => props.onSelect(id)}
              onDoubleClick={() => props.onOpen?.(row)}
            >
              {columns.map((column, index) => (
                // biome-ignore lint/a11y/useFocusableInteractive: as the row
                <div
                  key={column.id}
                  role="gridcell"
                  className={`${styles.cell} ${column.end ? styles.end : ''} ${index === columns.length - 1 && !column.end ? styles.last : ''}`}
                  style={{ width: widthOf(column) }}
                >
                  {column.render(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
