/** The page of samples, served at /dev/tiles/: no service, no patient. */

import { mount } from "svelte";

import "../app.css";
import { flash } from "../flash";
import Tiles from "./Tiles.svelte";

document.body.style.overflow = "auto";
flash(document.documentElement);
mount(Tiles, { target: document.getElementById("app") as HTMLElement });
