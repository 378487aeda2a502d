// Everything a page needs besides charts. Pages work without it; it adds speed and keyboard.
import "./requests.js";
import "./theme.js";
import "./sidebar.js";
import "./popover.js";
import "./dialog.js";
import "./toast.js";
import "./form.js";
import "./file_drop.js";
import "./table.js";
import "./tabs.js";
import "./rows.js";
import "./keys.js";
import "./palette.js";
import "./copy.js";
import "./axis.js";
import "./csv.js";
import "./save.js";
