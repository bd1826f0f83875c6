"use client";

import { Page } from "../../../components/shell/Page.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Card, CardContent } from "../../../components/ui/Card.tsx";
import { Trouble } from "../../../components/ui/Trouble.tsx";

/** A page of a window that failed at itself. It says what that means for the run: nothing. */
export default function WindowError(props: { reset: () => void }) {
  return (
    <Page width="text">
      <Card>
        <CardContent first>
          <h1>This page failed</h1>
          <Trouble
            className="mt-3"
            what="This page could not show what it read, or a part of it could not be fetched."
            data="Not touched by that. What runs on the hosts goes on."
            do="Try again; if it fails again, load the page anew."
          />
          <div className="mt-4">
            <Button size="large" variant="primary" onClick={props.reset}>
              Try again
            </Button>
          </div>
        </CardContent>
      </Card>
    </Page>
  );
}
