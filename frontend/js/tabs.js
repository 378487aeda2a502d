// More tabs than fit scroll by themselves; the one that is open is brought into sight.
for (const open of document.querySelectorAll(":is(.tabs, .settings-nav) [aria-current]")) {
  const tabs = open.closest(".tabs, .settings-nav");
  const [box, within] = [open.getBoundingClientRect(), tabs.getBoundingClientRect()];
  if (box.right > within.right) tabs.scrollLeft += box.right - within.right;
}
