// What is better with a script; everything works without. Loaded from the site itself, which allows no other.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
    button.textContent = button.dataset.done;
  });
}

// Ctrl+Enter runs the query
for (const field of document.querySelectorAll("form.sql textarea")) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
  });
}

// A chart as a picture, at twice its size
for (const button of document.querySelectorAll("[data-png]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const chart = button.closest("figure").querySelector("svg");
    const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
    const copy = chart.cloneNode(true);
    copy.setAttribute("width", 2 * width);
    copy.setAttribute("height", 2 * height);
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0);
      Object.assign(document.createElement("a"), { href: canvas.toDataURL(), download: button.dataset.png }).click();
    };
    image.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  });
}

// A frame goes to its mark once more when all of it is there
for (const frame of document.querySelectorAll("iframe.original")) {
  frame.addEventListener("load", () => frame.contentWindow.location.replace(frame.src));
}
