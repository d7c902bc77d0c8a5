// Speaks with Journey Builder's canvas in Postmonger's messages (https://github.com/kevinparkerson/postmonger):
// a JSON text {"e": event, "a1": argument} by postMessage between this frame and its parent. Events: Marketing
// Cloud Engagement developer guide, "Using Postmonger".
"use strict";

(function () {
  const JOURNEY_BUILDER = /^https:\/\/([a-z0-9-]+\.)+(exacttarget|marketingcloudapps)\.com$/;
  const form = document.querySelector("form");
  const problem = document.getElementById("problem");
  let activity = {};
  let origin = null;

  function tell(event, argument) {
    const message = argument === undefined ? { e: event } : { e: event, a1: argument };
    // The first message tells nothing but that the page is there.
    window.parent.postMessage(JSON.stringify(message), origin === null ? "*" : origin);
  }

  function isFromJourneyBuilder(message) {
    return message.source === window.parent
      && (JOURNEY_BUILDER.test(message.origin) || message.origin === window.location.origin);
  }

  function executeArguments() {
    return (activity.arguments || {}).execute || {};
  }

  // The fields of the page are the activity's in-arguments, by their names.
  function fields() {
    const names = Array.from(form.elements, (each) => each.name).filter((name) => name !== "");
    return Array.from(new Set(names), (name) => [name, form.elements.namedItem(name)]);
  }

  function show() {
    const known = Object.assign({}, ...(executeArguments().inArguments || []));
    for (const [name, field] of fields()) {
      if (known[name]) {
        field.value = known[name];
      }
    }
    allow();
  }

  // A field with data-needed="" must not be empty, one with data-needed="action=hand_off" only then.
  function lacking() {
    return Array.from(form.elements).find(function (each) {
      if (each.dataset.needed === undefined || each.value.trim() !== "") {
        return false;
      }
      const [name, value] = each.dataset.needed.split("=");
      return name === "" || form.elements.namedItem(name).value === value;
    });
  }

  function allow() {
    const isComplete = lacking() === undefined;
    problem.textContent = isComplete ? "" : problem.dataset.incomplete;
    tell("updateButton", { button: "next", text: "done", visible: true, enabled: isComplete });
    return isComplete;
  }

  function save() {
    if (!allow()) {
      tell("ready");
      lacking().focus();
      return;
    }
    const values = fields().map(([name, field]) => [name, field.value.trim()]);
    activity.arguments = activity.arguments || {};
    activity.arguments.execute = executeArguments();
    activity.arguments.execute.inArguments = [{ contactKey: "{{Contact.Key}}", ...Object.fromEntries(values) }];
    activity.metaData = activity.metaData || {};
    activity.metaData.isConfigured = true;
    tell("updateActivity", activity);
  }

  window.addEventListener("message", function (message) {
    if (!isFromJourneyBuilder(message)) {
      return;
    }
    let told;
    try {
      told = JSON.parse(message.data);
    } catch {
      return;
    }
    origin = message.origin;
    if (told.e === "initActivity") {
      activity = told.a1 || {};
      show();
    } else if (told.e === "clickedNext") {
      save();
    }
  });

  form.addEventListener("input", allow);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  tell("ready");
}());
