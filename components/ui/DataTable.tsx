import clsx from "clsx";
import type { ReactNode } from "react";

export type Column<Item> = {
  readonly key: string;
  readonly header: string;
  readonly cell: (item: Item) => ReactNode;
  /** Figures stand at the right, under each other. */
  readonly align?: "start" | "end";
  /** The cell that names the row; it is the row's header, and its heading on a phone. Exactly one. */
  readonly isName?: boolean;
  /** Classes for the column's width on wide screens: "w-40". */
  readonly className?: string;
};

/**
 * A table that becomes rows of name and value on a phone, where nothing scrolls sideways.
 * @param caption what the table holds, for screen readers, or visible with `showCaption`
 */
export function DataTable<Item>(props: {
  caption: string;
  showCaption?: boolean;
  columns: readonly Column<Item>[];
  items: readonly Item[];
  keyOf: (item: Item) => string;
  isChosen?: (item: Item) => boolean;
  /** A row whose values are old stays readable, in the small print's colour. */
  isStale?: (item: Item) => boolean;
  className?: string;
}) {
  return (
    <table className={clsx("w-full border-collapse phone:block", props.className)}>
      <caption className={props.showCaption ? "px-4 py-2 text-left font-semibold" : "sr-only"}>{props.caption}</caption>
      <thead className="phone:sr-only">
        <tr>
          {props.columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={clsx(
                "whitespace-nowrap border-line border-b py-2 pr-3 text-left font-medium text-ink3 text-label first:pl-4 last:pr-4",
                column.align === "end" && "text-right",
                column.className,
              )}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="phone:block">
        {props.items.map((item) => (
          <tr
            key={props.keyOf(item)}
            className={clsx(
              "border-line not-last:border-b hover:bg-sunken phone:block phone:px-4 phone:py-3",
              props.isChosen?.(item) && "chosen font-semibold",
              props.isStale?.(item) && "text-ink3",
            )}
          >
            {props.columns.map((column) => (
              <Cell key={column.key} column={column} item={item} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Item>(props: { column: Column<Item>; item: Item }) {
  const { column, item } = props;
  const look = clsx(
    "py-2 pr-3 text-left align-top font-normal tablet:first:pl-4 tablet:last:pr-4",
    column.align === "end" && "text-right",
  );
  if (column.isName) {
    return (
      <th scope="row" className={clsx(look, "phone:block phone:p-0 phone:pb-1 phone:text-left phone:font-semibold")}>
        {column.cell(item)}
      </th>
    );
  }
  return (
    <td
      data-label={column.header}
      className={clsx(
        look,
        "phone:flex phone:justify-between phone:gap-3 phone:p-0 phone:py-0.5 phone:text-right phone:before:text-left phone:before:text-ink3 phone:before:content-[attr(data-label)]",
      )}
    >
      {column.cell(item)}
    </td>
  );
}
