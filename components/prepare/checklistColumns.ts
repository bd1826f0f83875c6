/** The columns of the checklist, the same in its head and in every row: state, item, measured, needed, age, owner, what can be done. */
export const CHECKLIST_COLUMNS =
  "tablet:grid-cols-[1rem_minmax(0,16fr)_minmax(0,11fr)_minmax(0,11fr)_4.5rem_4.5rem_6.75rem]";
