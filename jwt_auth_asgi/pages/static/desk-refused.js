// Of who is no admin there is nothing to ask: the way out is all that works here.
export {known} from "./account.js";
