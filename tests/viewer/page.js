// The viewer that the Scans tab of Azure DevOps shows, on the logs and with the filters that the page names.
import * as React from "react";
import * as ReactDOM from "react-dom";
import { Viewer } from "@microsoft/sarif-web-component";

const { logs, filters } = window.langfit;
ReactDOM.render(
  React.createElement(Viewer, { logs, filterState: filters, showSuppression: true }),
  document.getElementById("app"),
);
