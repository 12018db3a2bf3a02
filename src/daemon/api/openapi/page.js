// Shows openapi.json. Everything of it becomes text in elements that are made here; nothing of it is ever read as HTML.
"use strict";

(async () => {
  const METHODS = ["get", "post", "put", "patch", "delete"];
  const by = (id) => document.getElementById(id);

  // An element with a class and children: elements, or text.
  const make = (name, kind, ...children) => {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  };

  // Text in which words between backticks are code, and words between two stars are strong.
  const strong = (text) => text.split("**").map((part, index) => (index % 2 ? make("strong", "", part) : part));
  const prose = (text) => (text || "").split("`").flatMap((part, index) => (index % 2 ? [make("code", "", part)] : strong(part)));

  // The same with paragraphs and lists.
  const paragraphs = (text, kind) =>
    (text || "").split("\n\n").filter(Boolean).map((part) => {
      const items = part.split("\n");
      if (!items.every((item) => item.startsWith("- "))) return make("p", kind, ...prose(part));
      return make("ul", kind, ...items.map((item) => make("li", "", ...prose(item.slice(2)))));
    });

  let whole;
  try {
    const answer = await fetch("openapi.json", { credentials: "omit" });
    if (!answer.ok) throw new Error(`the daemon answers ${answer.status}`);
    whole = await answer.json();
  } catch (error) {
    by("state").textContent = `openapi.json cannot be read: ${error.message}`;
    return;
  }

  const resolve = (value) => {
    if (!value || !value.$ref) return value || {};
    const found = value.$ref.slice(2).split("/").reduce((at, part) => at && at[part.replace(/~1/g, "/").replace(/~0/g, "~")], whole);
    return resolve(found);
  };
  const nameOf = (schema) => (schema.$ref ? schema.$ref.split("/").pop() : null);

  // A schema's type in a few words.
  const kindOf = (schema) => {
    if (schema === true) return "anything";
    if (schema === false) return "not allowed";
    if (schema.$ref) return nameOf(schema);
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
    const choices = schema.anyOf || schema.oneOf;
    if (choices) return choices.map(kindOf).join(" | ");
    if (schema.type === "array") return `list of ${kindOf(schema.items || true)}`;
    if (schema.type === "object" && schema.additionalProperties && !schema.properties) return `object of ${kindOf(schema.additionalProperties)}`;
    const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type || "anything";
    return schema.format ? `${type} (${schema.format})` : type;
  };

  // What is behind a schema that has fields or choices of its own; null where its words say everything.
  const inner = (schema) => {
    if (!schema || typeof schema !== "object") return null;
    if (schema.type === "array") return inner(schema.items);
    const at = resolve(schema);
    if (at.type === "array") return inner(at.items);
    if (at.properties || at.oneOf || at.anyOf || at.allOf || at.pattern || (schema.$ref && (at.description || at.enum))) return schema;
    return at.additionalProperties && typeof at.additionalProperties === "object" ? inner(at.additionalProperties) : null;
  };

  const more = (title, fill) => {
    const details = make("details", "more", make("summary", "", ...[title].flat()));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(fill());
    });
    return details;
  };

  const fields = (schema) => {
    const at = resolve(schema);
    const box = make("div", "");
    box.append(...paragraphs(at.description, "about"));
    if (at.pattern) box.append(make("p", "kind", "Fits ", make("code", "", at.pattern)));
    (at.allOf || at.anyOf || at.oneOf || []).forEach((choice) => {
      if (choice.type === "null") return;
      const deep = choice.$ref || choice.properties ? inner(choice) : null;
      box.append(deep ? more(kindOf(choice), () => fields(deep)) : make("p", "", make("code", "", kindOf(choice)), " ", ...prose(choice.description)));
    });
    const names = Object.keys(at.properties || {}).filter((name) => at.properties[name] !== false);
    if (names.length) {
      const required = at.required || [];
      const rows = names.map((name) => row(name, at.properties[name], required.includes(name), at.properties[name].description));
      box.append(make("table", "", make("tbody", "", ...rows)));
    }
    return box;
  };

  const row = (name, schema, required, about) => {
    const first = make("td", "", make("code", "", name), required ? make("span", "must", " required") : null);
    const second = make("td", "", ...prose(about), about ? " " : "", make("span", "kind", kindOf(schema)));
    const deep = inner(schema);
    if (deep) second.append(more("more", () => fields(deep)));
    return make("tr", "", first, second);
  };

  const block = (text) => make("pre", "", make("code", "", text));
  const json = (value) => block(JSON.stringify(value, null, 2));

  const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;

  // What to type. The key stands in a variable: the page neither asks for one nor keeps one.
  const command = (path, method, route, type, example) => {
    const parameters = (route.parameters || []).map(resolve);
    const of = (place) => parameters.filter((one) => one.in === place && one.example !== undefined);
    const filled = of("path").reduce((whole, one) => whole.replace(`{${one.name}}`, encodeURIComponent(one.example)), path);
    const asked = of("query").map((one) => `${one.name}=${encodeURIComponent(one.example)}`).join("&");
    const words = ["curl -s"];
    if (method !== "get") words.push(`-X ${method.toUpperCase()}`);
    words.push(quoted(`${location.origin}${filled}${asked && "?"}${asked}`));
    if (!route.security || route.security.length) words.push('-H "Authorization: Bearer $KEY"');
    const binary = type === "*/*";
    for (const one of of("header").filter((one) => one.required || (binary && one.name.startsWith("ce-")))) words.push(`-H ${quoted(`${one.name}: ${one.example}`)}`);
    if (example !== undefined) words.push(`-H 'content-type: ${binary ? "text/plain" : type}'`, `--data-binary ${quoted(text(example))}`);
    return block(words.join(" \\\n  "));
  };

  const bodies = (path, method, route) =>
    Object.entries(resolve(route.requestBody).content || {}).flatMap(([type, body]) => {
      const heading = make("h3", "", "Body ", make("code", "", type), " ", body.schema ? make("span", "kind", kindOf(body.schema)) : null);
      const deep = body.schema && inner(body.schema);
      const shown = Object.values(body.examples || {}).map(resolve).map((example) => {
        const whole = () => make("div", "", block(typeof example.value === "string" ? example.value : JSON.stringify(example.value, null, 2)), command(path, method, route, type, example.value));
        return more(prose(example.summary || "an example"), whole);
      });
      return [heading, deep ? more("fields", () => fields(deep)) : null, ...shown].filter(Boolean);
    });

  // The headers that every answer of a route has are told once.
  const common = (route) => {
    const all = Object.values(route.responses || {}).map((answer) => resolve(answer).headers || {});
    return Object.fromEntries(Object.entries(all[0] || {}).filter(([name, one]) => all.every((other) => other[name] && other[name].$ref === one.$ref)));
  };

  const headers = (described) =>
    make("table", "", make("tbody", "", ...Object.entries(described).map(([name, one]) => {
      const at = resolve(one);
      return row(name, at.schema || {}, false, `${at.description || ""}${at.required ? "" : " Not always there."}`);
    })));

  const answers = (route) => {
    const every = common(route);
    const rows = Object.entries(route.responses || {}).sort().map(([status, answer]) => {
      const at = resolve(answer);
      const cell = make("td", "");
      const media = Object.entries(at.content || {});
      const problem = media.find(([type]) => type === "application/problem+json");
      if (problem) {
        Object.entries(problem[1].examples || {}).forEach(([code, reference]) => {
          const example = resolve(reference);
          cell.append(more([make("code", "", code), " ", make("span", "kind", ...prose(example.summary))], () => make("div", "", json(example.value))));
        });
      } else {
        cell.append(...prose(at.description));
        media.forEach(([type, body]) => {
          cell.append(make("div", "", make("code", "", type), " ", body.schema ? make("span", "kind", kindOf(body.schema)) : ""));
          const deep = body.schema && inner(body.schema);
          if (deep) cell.append(more("fields", () => fields(deep)));
          Object.entries(body.examples || {}).forEach(([name, example]) => {
            const { value } = resolve(example);
            cell.append(more(name === "example" ? "an answer" : ["an answer to ", make("code", "", name)], () => make("div", "", typeof value === "string" ? block(value) : json(value))));
          });
        });
      }
      const own = Object.fromEntries(Object.entries(at.headers || {}).filter(([name]) => !every[name]));
      if (Object.keys(own).length) cell.append(more(["header ", ...Object.keys(own).flatMap((name) => [make("code", "", name), " "])], () => headers(own)));
      return make("tr", "", make("td", "status", status), cell);
    });
    const told = Object.keys(every).length ? make("tr", "", make("td", "status", "all"), make("td", "", more("headers of every answer", () => headers(every)))) : null;
    return make("table", "", make("tbody", "", ...rows, ...[told].filter(Boolean)));
  };

  const inside = (path, method, route) => {
    const box = make("div", "inside", ...paragraphs(route.description));
    const parameters = (route.parameters || []).map(resolve);
    if (parameters.length) {
      const rows = parameters.map((one) => row(one.name, one.schema || {}, one.required, `${one.description || ""} (${one.in})`));
      box.append(make("h3", "", "Parameters"), make("table", "", make("tbody", "", ...rows)));
    }
    const content = resolve(route.requestBody).content || {};
    const [type, first] = Object.entries(content).find(([one]) => one === "application/json") || Object.entries(content)[0] || [];
    const example = first && Object.values(first.examples || {}).map(resolve)[0];
    box.append(make("h3", "", "From a shell"), command(path, method, route, type, example && example.value));
    box.append(...bodies(path, method, route), make("h3", "", "Answers"), answers(route));
    return box;
  };

  // --- the page
  const main = by("routes");
  const contents = by("contents");
  const entries = [];
  main.replaceChildren(make("div", "intro", ...paragraphs(whole.info.description)));
  for (const tag of whole.tags) {
    const section = make("section", "", make("h2", "", tag.name), make("p", "about", ...prose(tag.description)));
    section.id = `about-${tag.name}`;
    const list = make("ul", "");
    const to = make("a", "", tag.name);
    to.href = `#${section.id}`;
    const group = { section, heading: make("h2", "", to), list };
    for (const [path, methods] of Object.entries(whole.paths)) {
      for (const method of METHODS.filter((name) => methods[name] && (methods[name].tags || []).includes(tag.name))) {
        const route = methods[method];
        const summary = make("summary", "", make("span", `method ${method}`, method.toUpperCase()), make("span", "path", path), make("span", "says", ...prose(route.summary)));
        const details = make("details", "route", summary);
        details.id = route.operationId;
        details.addEventListener("toggle", () => {
          if (details.open && details.children.length === 1) details.append(inside(path, method, route));
        });
        section.append(details);
        const link = make("a", "", make("span", `method ${method}`, method.toUpperCase()), make("span", "words", path));
        link.href = `#${route.operationId}`;
        const item = make("li", "", link);
        list.append(item);
        const codes = Object.values(route.responses).flatMap((answer) => Object.keys(((resolve(answer).content || {})["application/problem+json"] || {}).examples || {}));
        const own = codes.filter((code) => !/^(request|key|store|internal|overloaded|daemon)\b/.test(code));
        const words = [tag.name, method, path, route.operationId, route.summary, route["x-panotti-permission"] || "", ...own].join(" ").toLowerCase();
        entries.push({ details, item, words, group });
      }
    }
    main.append(section);
    contents.append(group.heading, list);
  }

  const nothing = make("p", "about", "Nothing fits. Search for a part of a path, a word of what a route does, a permission, or a code of a failure.");
  main.append(nothing);
  const show = () => {
    const wanted = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set();
    let number = 0;
    for (const { details, item, words, group } of entries) {
      const fits = wanted.every((word) => words.includes(word));
      details.hidden = item.hidden = !fits;
      if (fits) {
        number += 1;
        shown.add(group);
      }
    }
    for (const { group } of entries) group.section.hidden = group.heading.hidden = !shown.has(group);
    by("found").textContent = wanted.length ? `${number} of ${entries.length}` : `${entries.length} routes`;
    nothing.hidden = number > 0;
    main.firstChild.hidden = wanted.length > 0;
  };
  by("search").addEventListener("input", show);
  show();

  const go = () => {
    const named = by(decodeURIComponent(location.hash.slice(1)));
    if (named && named.classList.contains("route")) {
      named.open = true;
      named.scrollIntoView();
    }
  };
  addEventListener("hashchange", go);
  go();

  addEventListener("keydown", (event) => {
    const search = by("search");
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      show();
    }
  });
  by("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
})();
