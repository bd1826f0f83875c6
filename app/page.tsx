import type { Metadata } from "next";
import { SignedInFrame } from "../components/frame/SignedInFrame.tsx";
import { HomePage } from "../components/home/HomePage.tsx";
import { viewHome } from "../server/home/queries.ts";
import { house } from "../server/identity/door.ts";
import { requireVisitor } from "./visitor.ts";

export const metadata: Metadata = { title: "Home" };

export default async function Home() {
  const { person, me } = await requireVisitor("/");
  return (
    <SignedInFrame me={me} current="home">
      <HomePage me={me} home={await viewHome(house(), person)} />
    </SignedInFrame>
  );
}
