// A canvas that is written on from top to bottom, like a page: texts that break, rules, and what a chart drew.
// Sizes are in CSS pixels, `scale` of which make one pixel of the picture.
export class Paper {
  constructor(width, scale, look) {
    this.width = width;
    this.scale = scale;
    this.look = look;
    this.marks = []; // what is drawn once the height is known
    this.pen = document.createElement("canvas").getContext("2d");
    this.y = 0;
  }

  font(size, weight = 400) {
    return `${weight} ${size}px ${this.look.font}`;
  }

  // The lines in which `text` fits `width`. Latin breaks between words, Chinese anywhere but between a mark and what it belongs to.
  broken(text, width, font) {
    this.pen.font = font;
    const parts = text.match(/[（《“]*(?:[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+)[、。，；：？！）》”]*\s*|\s+/g) ?? [];
    const lines = [""];
    for (const part of parts) {
      const longer = lines.at(-1) + part;
      if (lines.at(-1) && this.pen.measureText(longer.trimEnd()).width > width) lines.push(part.trimStart());
      else lines[lines.length - 1] = longer;
    }
    return lines.map((line) => line.trimEnd());
  }

  // One line at (x, y), cut with an ellipsis where it does not fit; returns its width.
  line(text, x, y, { size = 12, weight, colour = this.look.text, width = Infinity, align = "left" } = {}) {
    const font = this.font(size, weight);
    this.pen.font = font;
    let shown = text;
    while (shown && this.pen.measureText(shown).width > width) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`.replace(/^…$/, "");
    const wide = this.pen.measureText(shown).width;
    this.marks.push((pen) => {
      pen.font = font;
      pen.fillStyle = colour;
      pen.textAlign = align;
      pen.textBaseline = "alphabetic";
      pen.fillText(shown, x, y);
    });
    return wide;
  }

  // A text that breaks, from this.y on.
  paragraph(text, { x, width, size = 12, weight, colour, leading = 1.5 } = {}) {
    if (!text) return;
    for (const line of this.broken(text, width, this.font(size, weight))) {
      this.line(line, x, this.y + size, { size, weight, colour });
      this.y += size * leading;
    }
  }

  box(x, y, width, height, { fill, stroke, radius = 8 } = {}) {
    this.marks.push((pen) => {
      pen.beginPath();
      pen.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, radius);
      if (fill) {
        pen.fillStyle = fill;
        pen.fill();
      }
      if (stroke) {
        pen.strokeStyle = stroke;
        pen.lineWidth = 1;
        pen.stroke();
      }
    });
  }

  rule(x1, y1, x2, y2, colour = this.look.line) {
    this.marks.push((pen) => {
      pen.strokeStyle = colour;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x1 + 0.5, y1 + 0.5);
      pen.lineTo(x2 + 0.5, y2 + 0.5);
      pen.stroke();
    });
  }

  triangle(x, y, isUp, colour) {
    this.marks.push((pen) => {
      pen.fillStyle = colour;
      pen.beginPath();
      for (const [dx, dy] of isUp ? [[0, 0], [4, -7], [8, 0]] : [[0, -7], [8, -7], [4, 0]]) pen.lineTo(x + dx, y + dy);
      pen.fill();
    });
  }

  picture(image, x, y, width, height) {
    this.marks.push((pen) => pen.drawImage(image, x, y, width, height));
  }

  // As a PNG of width × scale pixels.
  png(background) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(this.width * this.scale);
    canvas.height = Math.ceil(this.y * this.scale);
    const pen = canvas.getContext("2d");
    pen.scale(this.scale, this.scale);
    pen.fillStyle = background;
    pen.fillRect(0, 0, this.width, this.y + 1);
    for (const mark of this.marks) mark(pen);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png");
    });
  }
}
