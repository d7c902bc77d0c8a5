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

  function show() {
    const known = Object.assign({}, ...(executeArguments().inArguments || []));
    for (const choice of form.elements.action) {
      choice.checked = choice.value === (known.action || "score");
    }
    form.elements.productLine.value = known.productLine || "";
    form.elements.emailAddress.value = known.emailAddress || form.elements.emailAddress.defaultValue;
    allow();
  }

  function allow() {
    const isComplete = form.elements.emailAddress.value.trim() !== ""
      && (form.elements.action.value !== "hand_off" || form.elements.productLine.value !== "");
    problem.textContent = isComplete ? "" : problem.dataset.incomplete;
    tell("updateButton", { button: "next", text: "done", visible: true, enabled: isComplete });
    return isComplete;
  }

  function save() {
    if (!allow()) {
      tell("ready");
      form.elements.productLine.focus();
      return;
    }
    activity.arguments = activity.arguments || {};
    activity.arguments.execute = executeArguments();
    activity.arguments.execute.inArguments = [{
      contactKey: "{{Contact.Key}}",
      emailAddress: form.elements.emailAddress.value.trim(),
      action: form.elements.action.value,
      productLine: form.elements.productLine.value,
    }];
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
