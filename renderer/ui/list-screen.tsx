import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { DataTable, type DataTableProps } from './data-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { ScreenLayout, type ScreenLayoutProps } from './screen-layout.tsx';
import { SkeletonRows } from './skeleton-rows.tsx';
import styles from './ui.module.css';

/** What a list is read from, as a query has it. */
export interface ListSource {
  /** Undefined until it was read. */
  readonly data: unknown;
  /** Null: nothing went wrong. */
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** What a person narrowed the list down by. */
export interface ListFilter {
  readonly on: boolean;
  /** Said when nothing is left. */
  readonly noMatch: string;
  /** On the button that takes it away. */
  readonly clear: string;
  readonly onClear: () => void;
}

export interface ListScreenProps<Row> extends Omit<ScreenLayoutProps, 'children'>, Omit<DataTableProps<Row>, 'label'> {
  readonly source: ListSource;
  /** While it is read. */
  readonly loading: string;
  /** When it could not be read. */
  readonly problem: string;
  readonly filter?: ListFilter;
  /** When there is nothing, and no filter is why. */
  readonly empty: ReactNode;
  /** Over the list, whatever becomes of it. */
  readonly above?: ReactNode;
  /** At the left of the list, whatever becomes of it. */
  readonly beside?: ReactNode;
}

/** A screen about one list: that it is read, that it could not be, that it is empty and why, or its rows. */
export function ListScreen<Row>(props: ListScreenProps<Row>) {
  return (
    <ScreenLayout title={props.title} filters={props.filters} actions={props.actions} panel={props.panel}>
      {props.above}
      {props.beside === undefined ? (
        <List {...props} />
      ) : (
        <div className={styles.besideList}>
          {props.beside}
          <div className={styles.listBeside}>
            <List {...props} />
          </div>
        </div>
      )}
    </ScreenLayout>
  );
}

function List<Row>(props: ListScreenProps<Row>) {
  const { source, filter } = props;
  if (source.error !== null) {
    return <ProblemNotice title={props.problem} error={source.error} onRetry={() => void source.refetch()} />;
  }
  if (source.data === undefined) return <SkeletonRows label={props.loading} />;
  if (props.rows.length > 0) return <DataTable {...props} label={props.title} />;
  if (!filter?.on) return props.empty;
  return <EmptyState title={filter.noMatch} actions={<Button onClick={filter.onClear}>{filter.clear}</Button>} />;
}
